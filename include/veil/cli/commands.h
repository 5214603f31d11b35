#pragma once

#include "veil/cli/arguments.h"

namespace veil::cli {

/// The commands. Each prints its results to standard output and returns the exit code; what goes wrong is thrown (see
/// veil/base/error.h).
int run_train(const Arguments& arguments);
int run_evaluate(const Arguments& arguments);
int run_sample(const Arguments& arguments);
int run_schedules(const Arguments& arguments);
int run_data(const Arguments& arguments);
int run_bench(const Arguments& arguments);
int run_report(const Arguments& arguments);
int run_selfcheck(const Arguments& arguments);

}  // namespace veil::cli
