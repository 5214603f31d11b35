#pragma once

#include "cli/arguments/arguments.h"

namespace veil::cli {

/// `veil compare A B`: prints its results to standard output and returns the exit code; what goes wrong is thrown (see
/// veil/base/error.h).
int run_compare(const Arguments& arguments);

}  // namespace veil::cli
