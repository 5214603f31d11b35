#include "veil/evaluate/discrete_bound.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "veil/base/error.h"
#include "veil/diffusion/time_grid.h"

namespace veil {

std::vector<double> binomial_distribution(int64_t trials, double success, double failure) {
  std::vector<double> p(static_cast<size_t>(trials) + 1);
  if (success <= 0 || failure <= 0) {
    (success <= 0 ? p.front() : p.back()) = 1;
    return p;
  }
  // Ratios of neighbours, outwards from the largest, so that nothing overflows; then the sum is made 1.
  const auto mode = std::min(trials, static_cast<int64_t>(std::floor((static_cast<double>(trials) + 1) * success)));
  p[mode] = 1;
  const double odds = success / failure;
  for (int64_t k = mode; k < trials; ++k) {
    p[k + 1] = p[k] * odds * static_cast<double>(trials - k) / static_cast<double>(k + 1);
  }
  for (int64_t k = mode; k > 0; --k) {
    p[k - 1] = p[k] / odds * static_cast<double>(k) / static_cast<double>(trials - k + 1);
  }
  const double total = std::accumulate(p.begin(), p.end(), 0.0);
  std::transform(p.begin(), p.end(), p.begin(), [total](double x) { return x / total; });
  return p;
}

std::vector<double> discrete_bound_weights(int64_t length, const MaskSchedule& schedule,
                                           std::span<const double> times) {
  require(length >= 1, "an example has ", length, " tokens, want at least 1");
  check_times(times);
  std::vector<double> weights(static_cast<size_t>(length));
  for (size_t i = 0; i + 1 < times.size(); ++i) {
    const double masked = schedule.masked_fraction(times[i]);
    const double scale = static_cast<double>(length) * schedule.unmask_probability(times[i + 1], times[i]) * masked;
    // k Binomial(k; n, m) = n m Binomial(k - 1; n - 1, m)
    const auto p = binomial_distribution(length - 1, masked, schedule.alpha(times[i]));
    std::transform(p.begin(), p.end(), weights.begin(), weights.begin(),
                   [scale](double probability, double weight) { return weight + scale * probability; });
  }
  return weights;
}

double discrete_bound(std::span<const double> profile, const MaskSchedule& schedule, std::span<const double> times) {
  require(!profile.empty(), "the profile is empty, want one number for each count from 1");
  const auto weights = discrete_bound_weights(static_cast<int64_t>(profile.size()), schedule, times);
  return std::inner_product(weights.begin(), weights.end(), profile.begin(), 0.0);
}

double expected_network_calls(const MaskSchedule& schedule, std::span<const double> times, int64_t length) {
  check_times(times);
  double calls = 0;
  for (size_t i = 0; i + 1 < times.size(); ++i) {
    const double left = i + 2 < times.size() ? schedule.masked_fraction(times[i + 1]) : 0.0;
    // A sampler begins with everything masked, also where alpha(1) > 0.
    const double revealed = (schedule.masked_fraction(times[i]) - left) / schedule.masked_fraction(times.front());
    calls -= std::expm1(static_cast<double>(length) * std::log1p(-revealed));
  }
  return calls;
}

}  // namespace veil
