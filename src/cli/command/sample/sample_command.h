#pragma once

#include "cli/arguments/arguments.h"

namespace veil::cli {

/// `veil sample`: prints its results to standard output and returns the exit code; what goes wrong is thrown (see
/// veil/base/error.h).
int run_sample(const Arguments& arguments);

}  // namespace veil::cli
