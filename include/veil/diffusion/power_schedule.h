#pragma once

#include <torch/types.h>

#include <cstdint>
#include <span>
#include <vector>

#include "veil/diffusion/forward_process.h"

namespace veil {

/// A masking schedule for each value (GenMD4): alpha_v(t) = 1 - (1 - clip) t^{w_v} is the probability that a token of
/// value v is still visible at time t. A value: cheap to copy, safe to share. Source: section 6 of arXiv 2406.04329.
class PowerSchedule {
 public:
  /// powers: w_v, all > 0 and finite; clip in [0, 0.5): alpha_v(1) = clip, as the reference trains with 1e-4. Throws
  /// InvalidArgument.
  explicit PowerSchedule(std::vector<double> powers, double clip = 0.0);

  [[nodiscard]] const std::vector<double>& powers() const { return powers_; }
  [[nodiscard]] double clip() const { return clip_; }

  /// (1 - clip) t^{w_v}: the probability that a token of value v is masked. v in [0, V), t in [0, 1].
  [[nodiscard]] double masked_fraction(double t, int64_t value) const;

  /// Probability, for a token of value v masked at time t, to be revealed by the step to s <= t: 1 - (s/t)^{w_v},
  /// whatever clip is. Exactly 1 for s = 0. t > 0.
  [[nodiscard]] double unmask_probability(double s, double t, int64_t value) const;

 private:
  std::vector<double> powers_;
  double clip_;
};

/// Masks each position independently with the probability masked_fraction(times[b], x0[b, i]). Shapes and noise words
/// are mask_by_fraction's: with equal powers it gives the same masks. Throws InvalidArgument on bad shapes or values.
[[nodiscard]] MaskedTokens mask_by_powers(const torch::Tensor& x0, std::span<const double> times,
                                          const PowerSchedule& schedule, const torch::Tensor& example_ids,
                                          const NoiseKey& key, Antithetic antithetic = Antithetic::kNo);

}  // namespace veil
