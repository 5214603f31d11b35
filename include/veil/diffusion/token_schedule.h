#pragma once

#include <torch/types.h>

#include <cstdint>
#include <span>
#include <variant>

#include "veil/diffusion/forward_process.h"
#include "veil/diffusion/mask_schedule.h"
#include "veil/diffusion/power_schedule.h"

namespace veil {

/// When tokens are masked: by one schedule for all values (MD4) or by one for each value (GenMD4). What masks, trains,
/// evaluates and samples asks this and need not know which it is. A value: cheap to copy, safe to share.
class TokenSchedule {
 public:
  /// One for all values.
  TokenSchedule(const MaskSchedule& shared) : schedule_(shared) {}  // NOLINT(google-explicit-constructor)
  /// One for each.
  TokenSchedule(PowerSchedule by_value) : schedule_(std::move(by_value)) {}  // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool is_by_value() const { return std::holds_alternative<PowerSchedule>(schedule_); }

  /// The schedule for all values. Throws InvalidArgument if each has its own.
  [[nodiscard]] const MaskSchedule& shared() const;

  /// Probability that a token of `value` is masked at time t in [0, 1].
  [[nodiscard]] double masked_fraction(double t, int64_t value) const;

  /// Probability that a token of `value` that is masked at time t > 0 is revealed by the step to s <= t.
  [[nodiscard]] double unmask_probability(double s, double t, int64_t value) const;

  /// What a unit of the loss of a masked token is worth in the bound at time t, drawn from an interval of times of
  /// length `range`: range * -alpha'(t) / (1 - alpha(t)) for cross-entropy under one schedule (equation 6 of arXiv
  /// 2406.04329; +infinity at t = 0 with exact ends), range / t for the jump loss under schedules by value (its section
  /// 6).
  [[nodiscard]] double loss_weight(double t, double range = 1.0) const;

  /// Masks each position of row b with the probability masked_fraction(times[b], x0[b, i]). Shapes and errors as for
  /// mask_by_fraction. mask_id: vocab_size.
  [[nodiscard]] MaskedTokens mask(const torch::Tensor& x0, std::span<const double> times,
                                  const torch::Tensor& example_ids, int64_t mask_id, const NoiseKey& key,
                                  Antithetic antithetic = Antithetic::kNo) const;

 private:
  std::variant<MaskSchedule, PowerSchedule> schedule_;
};

}  // namespace veil
