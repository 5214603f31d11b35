#pragma once

#include <string>

namespace veil::cli {

/// A line on standard error that -q does not hide. Control characters in it, of names of files perhaps, become '?'.
void warn(const std::string& line);

/// One that -q hides.
void note(const std::string& line, bool quiet);

}  // namespace veil::cli
