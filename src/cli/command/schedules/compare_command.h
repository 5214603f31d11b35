#pragma once

#include "cli/arguments/arguments.h"

namespace veil::cli {

/// Compares masking schedules on a model and images, without training. Returns the exit code.
int run_schedules_compare(const Arguments& arguments);

}  // namespace veil::cli
