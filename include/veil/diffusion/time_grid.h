#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace veil {

enum class TimeGridKind {
  kUniform,  ///< t = u for u = 1, (T-1)/T, ..., 0
  kCosine,   ///< t = cos(pi/2 * (1 - u)) for the same u: small steps near t = 1, where the first tokens appear
};

/// The steps + 1 strictly decreasing times t_0 = 1 > ... > t_steps = 0, both ends exact: step i goes from t_i to
/// t_{i+1}. Throws InvalidArgument if steps < 1 or steps > 10^6. Source: the sampling grids of
/// arXiv 2406.04329; the cosine one is from MaskGIT, arXiv 2202.04200.
[[nodiscard]] std::vector<double> time_grid(TimeGridKind kind, int64_t steps);

/// Throws InvalidArgument unless `times` are what time_grid gives: two or more, in [0, 1], strictly falling.
void check_times(std::span<const double> times);

}  // namespace veil
