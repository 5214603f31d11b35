#include "cli/terminal/watch.h"

#include <utility>

namespace veil::cli {

ProgressCallback stoppable(const StopSignal& signal) {
  return [&signal](int64_t done, int64_t all) {
    if (signal.received() != 0 && done < all) {
      throw Stopped();
    }
  };
}

ProgressCallback stoppable(ProgressReporter& progress, const StopSignal& signal) {
  return [&progress, stop = stoppable(signal)](int64_t done, int64_t all) {
    progress.advance_of(done, all);
    stop(done, all);
  };
}

Watch::Watch(ProgressOptions options) : progress_(std::move(options)) {}

}  // namespace veil::cli
