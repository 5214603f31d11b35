#pragma once

#include "cli/arguments/arguments.h"

namespace veil::cli {

/// `veil verify RESULT`: prints what was found and returns 0, or 1 where a value of the result is not what it must be;
/// what goes wrong is thrown (see veil/base/error.h).
int run_verify(const Arguments& arguments);

}  // namespace veil::cli
