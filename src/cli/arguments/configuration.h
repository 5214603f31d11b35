#pragma once

#include "cli/arguments/arguments.h"
#include "veil/io/config/run_config.h"

namespace veil::cli {

/// `base`, then the file of the flag --config if it was given, then the settings of the command line, then validate().
/// Throws InvalidArgument, DataError.
[[nodiscard]] io::RunConfig configuration(const Arguments& arguments, const io::RunConfig& base = {});

}  // namespace veil::cli
