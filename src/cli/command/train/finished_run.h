#pragma once

#include "cli/terminal/stop_signal.h"
#include "io/run/run_folder.h"
#include "veil/io/config/run_config.h"

namespace veil::cli {

struct TrainingRunOptions;

/// If the folder holds the model of a run that `config` asks for and that has all its updates: nothing is trained, and
/// configuration, model and results stay what they are, whatever else `config` says. Only an evaluation or samples that
/// are missing, or are asked for with other settings of their own, are made (again); configuration and model then name
/// these settings. Prints the results and returns true; false if there is something to train. Throws Stopped,
/// InvalidArgument as require_allowed() (io/run/run_changes.h), DataError.
bool finish_again(io::RunFolder& folder, const io::RunConfig& config, const TrainingRunOptions& options,
                  const StopSignal& signal);

}  // namespace veil::cli
