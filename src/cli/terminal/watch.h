#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "cli/terminal/progress.h"
#include "cli/terminal/stop_signal.h"

namespace veil::cli {

/// What long work calls with (done, in all).
using ProgressCallback = std::function<void(int64_t, int64_t)>;

/// Shows progress; throws Stopped once a signal came. Keeps references.
[[nodiscard]] ProgressCallback stoppable(ProgressReporter& progress, const StopSignal& signal);

/// Progress of work that a signal stops, while it lives.
class Watch {
 public:
  Watch(std::string label, bool quiet);

  /// As stoppable(); not to be called after the Watch is gone.
  [[nodiscard]] ProgressCallback callback() { return stoppable(progress_, signal_); }

 private:
  StopSignal signal_;
  ProgressReporter progress_;
};

}  // namespace veil::cli
