#pragma once

#include <cstdint>
#include <filesystem>

#include "veil/base/device.h"
#include "veil/data/dataset_info.h"
#include "veil/evaluate/evaluation_report.h"
#include "veil/io/config/run_config.h"
#include "veil/io/model/training_history.h"

namespace veil::cli {

/// What training from here on is done with and on, by this program on this machine; without steps and changes.
[[nodiscard]] io::TrainingStretch conditions(const io::RunConfig& config, const DatasetInfo& training_data,
                                             const DatasetInfo& evaluation_data, const Compute& compute);

/// Notes in a report what computed it, and how many updates the weights have had.
void note_computation(EvaluationReport& report, int64_t step, const Compute& compute);

/// The most memory that was used so far: of the device's own, or of the process on a CPU. Bytes.
[[nodiscard]] int64_t peak_bytes(torch::Device device);

/// Notes in a report all that is needed to make it again: the whole path of the model's file with the SHA-256 of its
/// weights, and the settings of data, evaluation and device under which it was made (docs/file-formats.md).
void note_sources(EvaluationReport& report, const std::filesystem::path& model, const io::RunConfig& config,
                  const Compute& compute);

}  // namespace veil::cli
