#pragma once

namespace veil::cli {

/// Turns SIGTERM, SIGINT and SIGUSR1 into a request to stop while it lives; a second SIGINT ends the process at once
/// with exit code 130. One at a time.
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
