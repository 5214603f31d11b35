#include "veil/diffusion/power_schedule.h"

#include <algorithm>
#include <cmath>

#include "diffusion/mask_rows.h"
#include "veil/base/error.h"
#include "veil/diffusion/mask_schedule.h"

namespace veil {

PowerSchedule::PowerSchedule(std::vector<double> powers, double clip) : powers_(std::move(powers)), clip_(clip) {
  require(!powers_.empty(), "a schedule by values has no powers");
  for (const double power : powers_) {
    require(power > 0 && std::isfinite(power), "a power is ", power, ", want a finite number above 0");
  }
  check_option({"clip"}, clip, MaskScheduleRanges::kClip);
}

double PowerSchedule::masked_fraction(double t, int64_t value) const {
  return (1 - clip_) * std::pow(t, powers_[static_cast<size_t>(value)]);
}

double PowerSchedule::unmask_probability(double s, double t, int64_t value) const {
  return s > 0 ? -std::expm1(powers_[static_cast<size_t>(value)] * std::log(s / t)) : 1.0;
}

MaskedTokens mask_by_powers(const torch::Tensor& x0, std::span<const double> times, const PowerSchedule& schedule,
                            const torch::Tensor& example_ids, const NoiseKey& key, Antithetic antithetic) {
  check_rows(x0, times.size(), example_ids);
  const auto values = static_cast<int64_t>(schedule.powers().size());
  const auto* tokens = x0.const_data_ptr<int64_t>();
  const auto in_range = [values](int64_t token) { return token >= 0 && token < values; };
  require(std::all_of(tokens, tokens + x0.numel(), in_range), "x0 has a value outside [0, ", values, ")");
  for (const double time : times) {
    require(time >= 0 && time <= 1, "a time is ", time, ", want one in [0, 1]");
  }
  const auto flags = flag_rows(x0, example_ids, key, [&](int64_t b, const std::vector<uint32_t>& words, uint8_t* row) {
    std::vector<double> fractions(static_cast<size_t>(values));
    for (int64_t v = 0; v < values; ++v) {
      fractions[static_cast<size_t>(v)] = schedule.masked_fraction(times[static_cast<size_t>(b)], v);
    }
    const auto* token = tokens + b * x0.size(1);
    for (size_t i = 0; i < words.size(); ++i) {
      row[i] = is_masked(words[i], fractions[static_cast<size_t>(token[i])], antithetic);
    }
  });
  return collect_masked(x0, flags, values);
}

}  // namespace veil
