#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "veil/data/token_batch.h"
#include "veil/diffusion/token_schedule.h"
#include "veil/nn/denoiser.h"
#include "veil/objective/loss_terms.h"
#include "veil/objective/objective.h"

namespace veil {

/// What an estimate of the bound consists of: one look at each of some examples with a part of its tokens masked.
struct Pass {
  MaskedTokens masked;
  std::vector<double> levels;   ///< [B]: what the network is told
  std::vector<double> weights;  ///< [B]: nats per unit of loss summed over the masked positions; 0 where there is none
  std::vector<double> scales;   ///< [B]: nats per unit of its mean over them: weights * counts, but rounded once
};

/// Nats of an example that need no network: what the integral over times leaves out at its ends.
struct Ends {
  double reconstruction = 0.0;
  double prior = 0.0;
};

struct BoundOptions {
  ObjectiveForm form = ObjectiveForm::kCount;
  MaskScheduleOptions schedule = {};
  double first_time = 1e-3;  ///< schedules by value: the integral stops here
};

/// The negative ELBO of a network as an integral over noise levels u in [0, 1): the one place where a level becomes a
/// pass. Training and evaluation differ in how they draw levels and in what they do with what a pass is worth.
///
/// Count form: k = count_of_level(u) positions are masked and the pass is worth n/k * S, S being the summed loss; the
/// same expectation for every schedule, exact ends. Time form: t = u, or first_time + (1 - first_time) u where values
/// have schedules of their own, each position is masked by the schedule, and the pass is worth loss_weight * S.
class Bound {
 public:
  /// Takes the powers of `denoiser` if it has any: waits for the device then. Throws InvalidArgument if they are
  /// learned and the form is not kTime or first_time not in (0, 1), and if the schedule's options are out of range.
  Bound(const Denoiser& denoiser, const BoundOptions& options);

  [[nodiscard]] const TokenSchedule& schedule() const { return schedule_; }

  /// The pass over rows x0 (int64 [B, L] on the CPU) with one noise level each; masks are keyed by `key`.
  [[nodiscard]] Pass pass(const torch::Tensor& x0, const torch::Tensor& example_ids, std::span<const double> levels,
                          const NoiseKey& key, Antithetic antithetic = Antithetic::kNo) const;

  /// The time form at given times. The weights are those of the continuous bound.
  [[nodiscard]] Pass pass_at_times(const torch::Tensor& x0, const torch::Tensor& example_ids,
                                   std::span<const double> times, const NoiseKey& key,
                                   Antithetic antithetic = Antithetic::kNo) const;

  /// The count form for masks that are given, and the time form for masks that were drawn at `times`.
  [[nodiscard]] Pass pass_of_masks(MaskedTokens masked) const;
  [[nodiscard]] Pass pass_of_masks(MaskedTokens masked, std::span<const double> times) const;

  /// Under one schedule for all values n (1 - alpha(0)) ln V and n alpha(1) ln V, which make a clipped schedule a
  /// bound; 0 for the count form and where the ends are exact. Where values have schedules of their own,
  /// `reconstruction` is left to value_reconstruction (value_schedule.h).
  [[nodiscard]] Ends ends() const;

 private:
  [[nodiscard]] int64_t length() const { return network_.shape.length(); }

  DenoiserOptions network_;
  BoundOptions options_;
  TokenSchedule schedule_;
  MaskSchedule told_;      // gives t from k/n to a network that wants one
  double first_time_ = 0;  // 0 under one schedule for all values
};

/// The loss of `batch` under a pass: LossTerms [B] on `device`, differentiable.
[[nodiscard]] LossTerms loss_terms(Denoiser& denoiser, const TokenBatch& batch, const Pass& pass, const Ends& ends,
                                   torch::Device device);

[[nodiscard]] NoiseKey noise_key(const NoiseContext& noise, NoisePurpose purpose);

}  // namespace veil
