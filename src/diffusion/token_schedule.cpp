#include "veil/diffusion/token_schedule.h"

#include <algorithm>
#include <vector>

#include "veil/base/error.h"

namespace veil {

const MaskSchedule& TokenSchedule::shared() const {
  require(!is_by_value(),
          "values have schedules of their own (learned powers), want one schedule for all of them here");
  return std::get<MaskSchedule>(schedule_);
}

double TokenSchedule::masked_fraction(double t, int64_t value) const {
  const auto* powers = std::get_if<PowerSchedule>(&schedule_);
  return powers != nullptr ? powers->masked_fraction(t, value) : shared().masked_fraction(t);
}

double TokenSchedule::unmask_probability(double s, double t, int64_t value) const {
  const auto* powers = std::get_if<PowerSchedule>(&schedule_);
  return powers != nullptr ? powers->unmask_probability(s, t, value) : shared().unmask_probability(s, t);
}

double TokenSchedule::loss_weight(double t, double range) const {
  return is_by_value() ? range / t : -range * shared().loss_weight(t);
}

MaskedTokens TokenSchedule::mask(const torch::Tensor& x0, std::span<const double> times,
                                 const torch::Tensor& example_ids, int64_t mask_id, const NoiseKey& key,
                                 Antithetic antithetic) const {
  if (const auto* powers = std::get_if<PowerSchedule>(&schedule_)) {
    return mask_by_powers(x0, times, *powers, example_ids, key, antithetic);
  }
  std::vector<double> fractions(times.size());
  std::transform(times.begin(), times.end(), fractions.begin(), [&](double t) { return shared().masked_fraction(t); });
  return mask_by_fraction(x0, fractions, example_ids, mask_id, key, antithetic);
}

}  // namespace veil
