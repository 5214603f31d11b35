#pragma once

#include <exception>
#include <string_view>

namespace veil::cli {

/// The reader of standard output has gone away: nothing more to do, and nothing to complain about.
class ClosedPipe : public std::exception {
 public:
  [[nodiscard]] const char* what() const noexcept override { return "standard output was closed by its reader"; }
};

/// Writes to standard output at once and checks that it arrived. Throws IoError (a full disk), ClosedPipe (where
/// SIGPIPE is ignored, as main does).
void print(std::string_view text);

}  // namespace veil::cli
