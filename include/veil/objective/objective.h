#pragma once

#include <cstdint>

#include "veil/base/option.h"
#include "veil/data/token_batch.h"
#include "veil/diffusion/forward_process.h"
#include "veil/diffusion/mask_schedule.h"
#include "veil/nn/denoiser.h"
#include "veil/objective/loss_terms.h"

namespace veil {

/// How the one integral of the bound is estimated.
enum class ObjectiveForm {
  kCount,  ///< draws the number k of masked positions: n/k * S. The same for every scalar schedule, no clipped ends.
  kTime,   ///< draws a time t: -alpha'(t)/(1 - alpha(t)) * S, as the reference does
};

/// How the gradient of the bound with respect to learned powers is estimated; both take two masks of each example.
enum class PowerGradient {
  kLeaveOneOut,  ///< two independent masks, each the other's baseline: as the reference does
  kDisarm,       ///< antithetic masks and a control variate fitted on the other examples of the call: less variance
};

struct ObjectiveOptions {
  ObjectiveForm form = ObjectiveForm::kCount;
  MaskScheduleOptions schedule;  ///< kTime: the schedule of times; kCount with Condition::kTime: gives t from k/n
  PowerGradient power_gradient = PowerGradient::kDisarm;  ///< networks with learned powers only
  double first_time =
      1e-3;  ///< with learned powers: the integral stops here, and a closed form does the rest; in (0, 1)
};

/// What ObjectiveOptions::first_time may be, and that of evaluation.
inline constexpr Range kFirstTimes{.low = 0.0, .high = 1.0, .open_low = true, .open_high = true};

/// Throws InvalidOption if a field is out of range, the schedule's among them.
void check_options(const ObjectiveOptions& options);

/// The place of a micro-batch in the noise of a run.
struct NoiseContext {
  uint64_t seed = 0;
  int64_t step = 0;         ///< training step: the round of the noise keys
  int64_t first = 0;        ///< index of the micro-batch's first row in the global batch
  int64_t global_size = 1;  ///< rows of the global batch over which levels are spread
};

/// One unbiased estimate of the negative ELBO of each example of `batch`, differentiable in the network's parameters:
/// LossTerms of float32 [B] on `device`, in nats. Noise is keyed by (seed, step, row of the global batch) for levels
/// and (seed, step, example id) for masks, so a batch gives the same terms whole or in parts. Reconstruction and prior
/// are zero for the count form; for the time form they are n (1 - alpha(0)) ln V and n alpha(1) ln V, which make a
/// clipped schedule a bound (the reference leaves the second one out). A network with learned powers takes
/// value_schedule_loss (objective/value_schedule.h) and needs the time form. Throws InvalidArgument on options out of
/// range.
[[nodiscard]] LossTerms continuous_time_loss(Denoiser& denoiser, const TokenBatch& batch,
                                             const ObjectiveOptions& options, const NoiseContext& noise,
                                             torch::Device device);

/// The count form for masks that are given: n/k * S for each example with k >= 1 masked positions, 0 for k = 0; only
/// the diffusion term, nats, [B] on `device`, differentiable, float64 where gradients are off. Its mean over k uniform
/// on 1..n and all masks of that size is the bound. `schedule` gives the time of k/n to a network that wants one.
[[nodiscard]] LossTerms count_form_loss(Denoiser& denoiser, const TokenBatch& batch, const MaskedTokens& masked,
                                        const MaskSchedule& schedule, torch::Device device);

}  // namespace veil
