#pragma once

#include "cli/arguments/arguments.h"

namespace veil::cli {

/// veil bench data: how fast the images of --data (default photos32) come from each format, in images per second. They
/// are written in every format into a temporary folder first.
int run_bench_data(const Arguments& arguments);

}  // namespace veil::cli
