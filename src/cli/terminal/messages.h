#pragma once

#include <string>
#include <vector>

namespace veil::cli {

/// A line on standard error that -q does not hide. Control characters in it, of names of files perhaps, become '?'.
void warn(const std::string& line);

/// What warn() said in this process so far, in that order.
[[nodiscard]] const std::vector<std::string>& warnings_so_far();

/// A line that -q hides, which is no warning.
void note(const std::string& line, bool quiet);

}  // namespace veil::cli
