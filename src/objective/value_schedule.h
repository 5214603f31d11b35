#pragma once

#include <torch/types.h>

#include <vector>

#include "objective/bound.h"
#include "veil/objective/objective.h"

namespace veil {

/// One unbiased estimate of the negative ELBO under learned powers (GenMD4, section 6 of arXiv 2406.04329), as
/// continuous_time_loss gives it: LossTerms of float32 [B] on `device`, in nats. `bound` is that of the network and of
/// `options`.
///
/// Times are spread over the batch as continuous_time_loss does it, over [t_1, 1] with t_1 = options.first_time; each
/// example is masked twice at its time, so this costs two network calls. The diffusion term's value is the mean over
/// both of (1 - t_1) / t * sum of masked_jump_loss; its gradient also holds the estimate that options.power_gradient
/// names of what the powers change through the masks, which has no value. Reconstruction is value_reconstruction at
/// t_1, prior is n alpha(1) ln V = n clip ln V.
///
/// The reference leaves the factor 1 - t_1 out. Its control variate makes the gradient of the powers under kDisarm
/// depend, within its error, on how a batch is cut into micro-batches; its expectation does not.
[[nodiscard]] LossTerms value_schedule_loss(Denoiser& denoiser, const TokenBatch& batch, const Bound& bound,
                                            const ObjectiveOptions& options, const NoiseContext& noise,
                                            torch::Device device);

/// An estimate under learned powers once its times and its two masks are drawn.
struct TwoMasks {
  std::vector<double> times;  ///< [B], in [first_time, 1]
  MaskedTokens first;
  MaskedTokens second;  ///< independent or antithetic, as options.power_gradient wants
};

/// What value_schedule_loss gives for them.
[[nodiscard]] LossTerms value_terms(Denoiser& denoiser, const TokenBatch& batch, const TwoMasks& draw,
                                    const ObjectiveOptions& options, torch::Device device);

/// The cross-entropy in nats of the tokens of each example that are still masked at `time` under the fixed prediction
/// p(v) proportional to t^{w_v}, its exact expectation: what is left of the bound where the integral stops at `time`.
/// [B], differentiable in the powers. Source: reference genmd4.py, reconstruction; appendix I of arXiv 2406.04329.
///   x0: int64 [B, L]; powers: [V]; both on one device. clip in [0, 0.5).
[[nodiscard]] torch::Tensor value_reconstruction(const torch::Tensor& x0, const torch::Tensor& powers, double time,
                                                 double clip);

/// One batch masked twice, as the estimators below see it. All on one device.
struct MaskPair {
  torch::Tensor log_fraction;  ///< [B, L]: log of the probability that the position is masked, differentiable
  torch::Tensor first;         ///< [B, L]: 1 where the first mask has the position, else 0
  torch::Tensor second;        ///< [B, L]
};

/// 1/2 (L_1 - L_2) (log q(z_1 | x) - log q(z_2 | x)) for each example, [B]: its gradient in the powers is the
/// two-sample leave-one-out estimate. The losses [B] are constants. The masks must be independent. Source: equation 12
/// ff. of arXiv 2406.04329; the reference's `rloo`.
[[nodiscard]] torch::Tensor leave_one_out_surrogate(const MaskPair& masks, const torch::Tensor& first_loss,
                                                    const torch::Tensor& second_loss);

/// A surrogate [B] whose gradient in the powers is the DisARM estimate (arXiv 2006.10680) for antithetic masks: the
/// position is in the first where u < q, in the second where 1 - u < q. The losses [B] are constants.
[[nodiscard]] torch::Tensor disarm_surrogate(const MaskPair& masks, const torch::Tensor& first_loss,
                                             const torch::Tensor& second_loss);

/// Predictions A[b, x_i] of the masked_jump_loss of each position from the other examples of the batch: their mean over
/// masked positions of the same value, drawn towards their mean over all. [B, L], constant; zero for a batch of one.
/// Because example b's own masks have no part in it, subtracting it from the loss and adding its exact derivative
/// leaves the gradient unbiased.
///   x0: int64 [B, L]; jump: [B, L], sums over both masks, 0 where neither has the position; vocab_size: V.
[[nodiscard]] torch::Tensor jump_baseline(const torch::Tensor& x0, const MaskPair& masks, const torch::Tensor& jump,
                                          int64_t vocab_size);

}  // namespace veil
