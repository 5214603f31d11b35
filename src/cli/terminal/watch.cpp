#include "cli/terminal/watch.h"

#include <utility>

namespace veil::cli {

ProgressCallback stoppable(ProgressReporter& progress, const StopSignal& signal) {
  return [&progress, &signal](int64_t done, int64_t all) {
    progress.advance_of(done, all);
    if (signal.received() != 0 && done < all) {
      throw Stopped();
    }
  };
}

Watch::Watch(std::string label, bool quiet) : progress_({.label = std::move(label), .quiet = quiet}) {}

}  // namespace veil::cli
