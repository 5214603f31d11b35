#pragma once

#include "cli/command_line.h"

namespace veil::cli {

/// `veil schedules` with its actions.
[[nodiscard]] Command schedules_command();

}  // namespace veil::cli
