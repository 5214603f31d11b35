#pragma once

#include <filesystem>
#include <string>

#include "veil/io/config/run_config.h"

namespace veil::cli {

struct TrainingRunOptions {
  std::filesystem::path folder;
  std::string command;              ///< what was typed, for those who read about the run
  bool fresh = false;               ///< refuse a folder that holds a run
  bool quiet = false;               ///< no progress
  bool allow_changed_data = false;  ///< go on with other data than the run had
  bool is_extended = false;         ///< the same command would extend it once more
};

/// Trains what `config` says in a run folder, going on from its newest sound checkpoint if it holds one (run_start.h
/// says when that is refused); then writes the model (moving average), its evaluation, a sample grid and the report. Of
/// a finished run only results are made that are missing or asked for anew (finished_run.h). The configuration is
/// written once the start has succeeded. Returns the exit code: 0 done, 75 stopped by a signal after saving.
int run_training(const io::RunConfig& config, const TrainingRunOptions& options);

}  // namespace veil::cli
