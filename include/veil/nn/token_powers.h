#pragma once

#include <optional>

#include "veil/diffusion/token_schedule.h"
#include "veil/nn/denoiser.h"
#include "veil/nn/layers/layers.h"

namespace veil {

/// The powers w_v > 0 of GenMD4, one for each value: alpha_v(t) = 1 - t^{w_v}. A value with a small power is masked
/// early and revealed late. Source: section 6 of arXiv 2406.04329.
///
/// kFree: w = exp(eta - mean eta), eta [V]. kSmooth: the same with eta_v = sum over j = 1..8 of c_j cos(pi j (v + 1/2)
/// / V). A common factor of all powers is a change of time, which the bound does not see, so the geometric mean is kept
/// at 1; and w is cut to [1/8, 8]. kSoftplus: w = log(1 + exp(raw)), raw [V], as the reference has it. All start at w =
/// 1.
class TokenPowers : public Layer {
 public:
  /// kind is not Powers::kNone.
  TokenPowers(Powers kind, int64_t vocab_size, torch::Device device);

  /// w: float32 [V] on the device of the parameters, differentiable.
  [[nodiscard]] torch::Tensor values() const;

 private:
  Powers kind_;
  torch::Tensor raw_;    // [V], or [8] for kSmooth
  torch::Tensor basis_;  // [V, 8] for kSmooth
};

/// The schedule of a network's powers as plain numbers, nothing if it has none. Waits for the device: V numbers.
[[nodiscard]] std::optional<PowerSchedule> power_schedule(const Denoiser& denoiser, double clip = 0.0);

/// When the tokens of a network are masked: by its learned powers if it has any (with the clip of `options`), else by
/// the one schedule that `options` say. Waits for the device if there are powers. Throws InvalidArgument.
[[nodiscard]] TokenSchedule token_schedule(const Denoiser& denoiser, const MaskScheduleOptions& options);

}  // namespace veil
