#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "veil/data/token_batch.h"
#include "veil/diffusion/forward_process.h"
#include "veil/diffusion/mask_schedule.h"
#include "veil/nn/denoiser.h"
#include "veil/objective/loss_terms.h"
#include "veil/objective/objective.h"

namespace veil {

/// float32 on the CPU.
[[nodiscard]] torch::Tensor float_tensor(const std::vector<double>& values);

[[nodiscard]] NoiseKey noise_key(const NoiseContext& noise, NoisePurpose purpose);

/// The same reconstruction and prior for every example, in nats.
[[nodiscard]] LossTerms terms_of(const torch::Tensor& diffusion, double reconstruction, double prior);

/// The sum of cross-entropies of each example times weights [B], in nats per unit of cross-entropy: [B].
///   level: what the network is told, float32 [B] on the CPU or absent.
[[nodiscard]] torch::Tensor weighted_sum(Denoiser& denoiser, const TokenBatch& batch, const MaskedTokens& masked,
                                         const std::optional<torch::Tensor>& level, const std::vector<double>& weights,
                                         torch::Device device);

/// An estimate in time once its masks are drawn: the network is told times[b] (or what condition() says), and n (1 -
/// alpha(0)) ln V and n alpha(1) ln V stand for the ends that a clipped schedule leaves out. A weight does not count
/// where nothing is masked, so it may be infinite there.
struct TimeDraw {
  MaskedTokens masked;
  std::vector<double> times;    ///< [B]
  std::vector<double> weights;  ///< [B]: nats per unit of cross-entropy
};
[[nodiscard]] LossTerms time_terms(Denoiser& denoiser, const TokenBatch& batch, const TimeDraw& draw,
                                   const MaskSchedule& schedule, torch::Device device);

/// Masks batch at `times`, one of each example.
[[nodiscard]] MaskedTokens mask_at_times(const TokenBatch& batch, const std::vector<double>& times,
                                         const MaskSchedule& schedule, int64_t mask_id, const NoiseContext& noise);

/// Weights of the continuous bound: -alpha'(t) / (1 - alpha(t)).
[[nodiscard]] std::vector<double> continuous_weights(const MaskSchedule& schedule, const std::vector<double>& times);

/// The step of a grid of `count` steps that a level u in [0, 1) draws: step 0, the one from the highest time, for the
/// last of `count` equal parts of [0, 1).
[[nodiscard]] int64_t step_of_level(double level, int64_t count);

/// Weights of the bound in T = times.size() - 1 steps, of which steps[b] (from times[i] to times[i + 1]) was drawn:
/// T (alpha_s - alpha_t) / (1 - alpha_t).
[[nodiscard]] std::vector<double> discrete_weights(const MaskSchedule& schedule, std::span<const double> times,
                                                   const std::vector<int64_t>& steps);

}  // namespace veil
