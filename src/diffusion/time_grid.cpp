#include "veil/sample/time_grid.h"

#include <cmath>
#include <numbers>

#include "veil/base/error.h"

namespace veil {

std::vector<double> time_grid(TimeGridKind kind, int64_t steps) {
  require(steps >= 1 && steps <= 1000000, "steps: got ", steps, ", wanted 1 to 1000000");
  std::vector<double> times(static_cast<size_t>(steps) + 1);
  for (int64_t i = 0; i <= steps; ++i) {
    const double u = static_cast<double>(steps - i) / static_cast<double>(steps);
    // sin(pi/2 u) is the cosine of the rest of the right angle, without its rounding error at u = 0.
    times[i] = kind == TimeGridKind::kCosine ? std::sin(std::numbers::pi / 2 * u) : u;
  }
  times.front() = 1.0;
  times.back() = 0.0;
  return times;
}

}  // namespace veil
