#pragma once

#include <memory>
#include <set>
#include <string>

#include "cli/arguments/arguments.h"
#include "cli/terminal/stop_signal.h"
#include "veil/data/dataset.h"
#include "veil/io/dataset/data_options.h"
#include "veil/io/model/model_file.h"

namespace veil::cli {

/// Opens a split of options.source with progress and notes on standard error (unless quiet): what was found and
/// converted; what was refused is always told. split as in io::open_dataset. `told`, if it is given, are lines that are
/// not told again, and grow: of two splits of one source most are the same. Throws DataError; Stopped when `signal`, if
/// it is given, came.
[[nodiscard]] std::unique_ptr<Dataset> open_data(const io::DataOptions& options, const std::string& split, bool quiet,
                                                 const StopSignal* signal = nullptr,
                                                 std::set<std::string>* told = nullptr);

/// The data that a command scores a model on: --data or what the model was trained on, in the split that was asked for.
/// Of another set without a word on the split: test where it is divided, else all. Where the model is told classes,
/// those of the data are told by name (with_classes_of), with a line on standard error if a side without names leaves
/// only numbers to go by.
[[nodiscard]] std::unique_ptr<Dataset> open_scored_data(const Arguments& arguments, io::DataOptions options,
                                                        const ModelSpec& model);

/// `data` in the classes of `model`, as open_scored_data says; as it is where the model is told none.
[[nodiscard]] std::unique_ptr<Dataset> in_classes_of(const ModelSpec& model, std::unique_ptr<Dataset> data, bool quiet);

/// One loud line on standard error if a run scores the examples that it trains on, as far as fingerprints tell.
void warn_of_training_data(const DatasetInfo& scored, const DatasetInfo& trained);

/// The same if `in_training` of its `size` examples are among them (io/dataset/shared_examples.h).
/// trained: how the line calls the data that a model was trained on.
void warn_of_shared(const DatasetInfo& scored, int64_t size, int64_t in_training,
                    const std::string& trained = "the training data");

/// How many examples of `scored` the data that a model was trained on hold too, as its file tells; -1: not known, as
/// of any data but those that its run evaluated on.
[[nodiscard]] int64_t known_in_training(const io::ModelInfo& model, const DatasetInfo& scored);

/// One loud line on standard error where `scored` is not the data that a model was trained on, has examples that it was
/// trained on, or is another version of what its run evaluated on.
/// subject: how the lines call the model.
void warn_of_other_data(const DatasetInfo& scored, const io::LoadedModel& model,
                        const std::string& subject = "the model");

}  // namespace veil::cli
