#pragma once

#include <stdexcept>
#include <string>

namespace veil::cli {

/// Exit code of a command that stopped because a signal asked for it.
inline constexpr int kStoppedBySignal = 75;

/// Thrown out of work that a signal stops and that keeps nothing; the command ends with kStoppedBySignal.
class Stopped : public std::runtime_error {
 public:
  explicit Stopped(const std::string& what = "stopped; nothing was written") : std::runtime_error(what) {}
};

/// Turns SIGTERM, SIGINT, SIGUSR1 and SIGHUP into a request to stop while it lives, which it says at once on
/// standard error; a second SIGINT ends the process at once with exit code 130, and that is said too. SIGHUP stays
/// ignored where it is (nohup). One at a time.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  StopSignal(StopSignal&&) = delete;
  StopSignal& operator=(StopSignal&&) = delete;

  /// The signal that asked for it, or 0.
  [[nodiscard]] int received() const noexcept;
};

}  // namespace veil::cli
