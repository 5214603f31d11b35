#pragma once

#include "cli/arguments/arguments.h"

namespace veil::cli {

/// Fits count grids to what a model says of training images, and writes them as a file that `veil sample
/// --sampling-grid` reads. Returns the exit code.
int run_schedules_design(const Arguments& arguments);

}  // namespace veil::cli
