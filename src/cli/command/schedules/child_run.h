#pragma once

#include <string>
#include <vector>

#include "cli/terminal/stop_signal.h"

namespace veil::cli {

/// Runs this program with other words and waits for it. Its standard output is thrown away, its standard error is ours;
/// a signal that stops us is passed on, so that it saves what it has. Returns its exit code, 128 + the signal's number
/// if one ended it. Throws IoError if it cannot be started.
[[nodiscard]] int run_child(const std::vector<std::string>& words, const StopSignal& signal);

}  // namespace veil::cli
