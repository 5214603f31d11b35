#pragma once

#include "cli/arguments/arguments.h"

namespace veil::cli {

/// `veil evaluate`: prints its results to standard output and returns the exit code; what goes wrong is thrown (see
/// veil/base/error.h).
int run_evaluate(const Arguments& arguments);

}  // namespace veil::cli
