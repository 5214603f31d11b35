#pragma once

#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>

namespace veil {

/// The caller's fault: a value out of its range, shapes that do not fit. The program exits with 2.
class InvalidArgument : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// A file's fault: truncated, foreign or inconsistent input. The message starts with the path. Exit code 65.
class DataError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The system's fault: a disk that is full, a folder that may not be written. Starts with the path. Exit code 74.
class IoError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A computation that went wrong, for example losses that stay non-finite. Exit code 1.
class NumericalError : public std::runtime_error {
 public:
  /// `step`: the training step, counted from 0, at which it was noticed.
  NumericalError(const std::string& message, int64_t step) : std::runtime_error(message), step_(step) {}

  [[nodiscard]] int64_t step() const noexcept { return step_; }

 private:
  int64_t step_;
};

/// Joins the parts as they would be streamed.
template <typename... Parts>
[[nodiscard]] std::string concat(const Parts&... parts) {
  std::ostringstream text;
  text.imbue(std::locale::classic());
  (text << ... << parts);
  return text.str();
}

/// Throws `Error` (InvalidArgument unless named) with the joined parts if `condition` is false. The text is built only
/// then. A message says the subject, what was given and what was wanted.
template <typename Error = InvalidArgument, typename... Parts>
void require(bool condition, const Parts&... parts) {
  if (!condition) {
    throw Error(concat(parts...));
  }
}

}  // namespace veil
