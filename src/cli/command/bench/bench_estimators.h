#pragma once

#include "cli/arguments/arguments.h"

namespace veil::cli {

/// `veil bench estimators`: compare_estimators on a model, as a table or one JSON object. Returns the exit code.
int run_bench_estimators(const Arguments& arguments);

}  // namespace veil::cli
