#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/run/run_folder.h"
#include "veil/data/dataset.h"
#include "veil/io/model/checkpoint.h"
#include "veil/io/model/training_history.h"

namespace veil::cli {

/// Where a run begins: at its first update, or where an earlier start left it.
struct RunStart {
  std::optional<io::LoadedCheckpoint> newest;
  std::vector<io::SettingChange> changes;  ///< against the configuration of `newest`, in which all may change
  std::vector<std::string> notes;          ///< what people should know
  std::vector<std::string> warnings;       ///< and what they must

  [[nodiscard]] int64_t step() const { return newest ? newest->checkpoint.step : 0; }
};

/// Throws InvalidArgument that names the folder and what to do: if settings differ that may not change (all of them at
/// once; io/run/run_changes.h), if `config` wants fewer updates than are done, or if the folder's checkpoints are gone.
/// DataError if all are damaged.
[[nodiscard]] RunStart find_start(const io::RunFolder& folder, const io::RunConfig& config);

/// Holds the data at hand to those that the run was trained and scored on so far. Where they are others: DataError that
/// says in what, or with `allow` a note and a change. Other shapes, and other classes of a network that is told them,
/// are refused in any case.
void check_data(RunStart& start, const io::RunConfig& config, const DatasetInfo& training,
                const DatasetInfo& evaluation, bool allow);

/// Throws InvalidArgument if samples are to be compared with real images (train.quality_every) and cannot be.
void check_quality(const io::RunConfig& config, const Dataset& training, const Dataset& evaluation);

/// The steps up to `step` at which a run of this history, of which `config` is the last, wrote a line of its log.
[[nodiscard]] std::vector<int64_t> logged_steps(const io::TrainingHistory& history, const io::RunConfig& config,
                                                int64_t step);

/// The history of a run that goes on from `start` under the conditions `next`, and notes on what is new in them.
[[nodiscard]] io::TrainingHistory history_from(RunStart& start, io::TrainingStretch next);

}  // namespace veil::cli
