#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "cli/terminal/progress.h"
#include "cli/terminal/stop_signal.h"

namespace veil::cli {

/// What long work calls with (done, in all).
using ProgressCallback = std::function<void(int64_t, int64_t)>;

/// Throws Stopped once a signal came, unless the work is done. Keeps a reference.
[[nodiscard]] ProgressCallback stoppable(const StopSignal& signal);

/// The same, which shows progress too.
[[nodiscard]] ProgressCallback stoppable(ProgressReporter& progress, const StopSignal& signal);

/// Progress of work that a signal stops, while it lives.
class Watch {
 public:
  explicit Watch(ProgressOptions options);

  /// As stoppable(); not to be called after the Watch is gone.
  [[nodiscard]] ProgressCallback callback() { return stoppable(progress_, signal_); }

 private:
  StopSignal signal_;
  ProgressReporter progress_;
};

}  // namespace veil::cli
