#include "veil/diffusion/time_grid.h"

#include <algorithm>
#include <cmath>
#include <functional>
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

void check_times(std::span<const double> times) {
  require(times.size() >= 2, "a bound in discrete steps has ", times.size(), " times, want at least 2");
  require(times.front() <= 1 && times.back() >= 0, "times go from ", times.front(), " to ", times.back(),
          ", want them in [0, 1]");
  // Not (a > b) rather than a <= b, so that a NaN is found.
  const auto bad = std::adjacent_find(times.begin(), times.end(), std::not_fn(std::greater<>()));
  require(bad == times.end(), "times hold ", bad == times.end() ? 0 : *bad, " before ",
          bad == times.end() ? 0 : *(bad + 1), ", want them strictly falling");
}

}  // namespace veil
