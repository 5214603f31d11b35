#pragma once

#include <functional>

#include "cli/arguments/arguments.h"
#include "veil/base/device.h"
#include "veil/io/config/resolve.h"
#include "veil/io/model/model_file.h"

namespace veil::cli {

/// The model that a command line names, on the device that it names.
struct ModelChoice {
  io::LoadedModel model;
  io::RunConfig config;  ///< what the model was trained with, under the settings of the command line
  io::ResolvedRun run;   ///< what `config` makes of the model's own data
  Compute compute;
};

/// Reads --model (a file, the folder of a run or of a checkpoint) with the weights --weights (ema, which is the default
/// of a folder, or raw; the raw ones of a run come from its newest sound checkpoint, and so does all of a run that is
/// not finished, with a word on standard error) and moves it to the device. Device settings are those of the command
/// line alone: the machine that trained the model may have been another. Throws UsageError, DataError.
[[nodiscard]] ModelChoice open_model(const Arguments& arguments);

/// The same; `adjust` changes the configuration that the model was trained with before the command line's settings are
/// applied to it.
[[nodiscard]] ModelChoice open_model(const Arguments& arguments, const std::function<void(io::RunConfig&)>& adjust);

}  // namespace veil::cli
