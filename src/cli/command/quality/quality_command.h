#pragma once

#include "cli/arguments/arguments.h"

namespace veil::cli {

/// veil quality: how like real images samples are, without a network that was trained on anything.
int run_quality(const Arguments& arguments);

}  // namespace veil::cli
