#pragma once

#include "cli/command_line.h"

namespace veil::cli {

/// Commands that hold samples or models to something.
[[nodiscard]] Command compare_command();
[[nodiscard]] Command verify_command();
[[nodiscard]] Command quality_command();

}  // namespace veil::cli
