#pragma once

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

/// Reads --model (a file, or the folder of a run) with the weights --weights (ema or raw; raw ones of a folder come
/// from its newest checkpoint) and moves it to the device. Device settings are those of the command line alone: the
/// machine that trained the model may have been another. Throws UsageError, DataError.
[[nodiscard]] ModelChoice open_model(const Arguments& arguments);

}  // namespace veil::cli
