#pragma once

#include <vector>

#include "veil/objective/objective.h"

namespace veil {

/// The bound in a finite number T of steps.
struct DiscreteTimeOptions {
  MaskScheduleOptions schedule;
  std::vector<double> times;  ///< T + 1 >= 2 of them in [0, 1], strictly falling, as time_grid gives them: step i goes
                              ///< from times[i] to times[i + 1]. The reference's are (T - i) / T.
};

/// One unbiased estimate of the T-step negative ELBO of each example of `batch` (equation 4 of arXiv 2406.04329),
/// differentiable in the network's parameters: LossTerms of float32 [B] on `device`, in nats.
///
/// One step of T is drawn for each example: with u_b = (u + b / global_size) mod 1 it is the one whose later end t is
/// times[T - 1 - floor(T u_b)]. The example is masked at t, and its cross-entropy sum weighs T (alpha_s - alpha_t) /
/// (1 - alpha_t), from closed forms of 1 - alpha in float64 (the reference's float32 difference of log signal-to-noise
/// ratios loses four digits at T = 1000). Reconstruction and prior are as for the time form of continuous_time_loss,
/// noise is keyed the same way, and the bound tends to the continuous one from above as T grows, for a consistent
/// network.
///
/// Throws InvalidArgument if times are not as said, or if the network has learned powers.
[[nodiscard]] LossTerms discrete_time_loss(Denoiser& denoiser, const TokenBatch& batch,
                                           const DiscreteTimeOptions& options, const NoiseContext& noise,
                                           torch::Device device);

}  // namespace veil
