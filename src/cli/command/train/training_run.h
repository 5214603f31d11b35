#pragma once

#include <filesystem>
#include <string>

#include "veil/io/config/run_config.h"

namespace veil::cli {

struct TrainingRunOptions {
  std::filesystem::path folder;
  bool fresh = false;  ///< refuse a folder that holds a run
  bool quiet = false;  ///< no progress
};

/// Trains what `config` says in a run folder, going on from its newest sound checkpoint if it holds one; then writes
/// the model (moving average), its evaluation, a sample grid and the report. Returns the exit code: 0 done, 75 stopped
/// by a signal after saving.
int run_training(const io::RunConfig& config, const TrainingRunOptions& options);

}  // namespace veil::cli
