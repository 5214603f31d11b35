#include "veil/objective/objective.h"

#include "objective/bound.h"
#include "objective/value_schedule.h"

namespace veil {

void check_options(const ObjectiveOptions& options) {
  check_options(options.schedule);
  check_option({"first_time"}, options.first_time, kFirstTimes);
}

LossTerms continuous_time_loss(Denoiser& denoiser, const TokenBatch& batch, const ObjectiveOptions& options,
                               const NoiseContext& noise, torch::Device device) {
  const Bound bound(denoiser, {.form = options.form, .schedule = options.schedule, .first_time = options.first_time});
  if (bound.schedule().is_by_value()) {
    return value_schedule_loss(denoiser, batch, bound, options, noise, device);
  }
  const auto levels =
      low_discrepancy_levels(noise_key(noise, NoisePurpose::kTrainLevel), noise.first, batch.size(), noise.global_size);
  const auto pass = bound.pass(batch.tokens, batch.example_ids, levels, noise_key(noise, NoisePurpose::kTrainMask));
  return loss_terms(denoiser, batch, pass, bound.ends(), device);
}

LossTerms count_form_loss(Denoiser& denoiser, const TokenBatch& batch, const MaskedTokens& masked,
                          const MaskSchedule& schedule, torch::Device device) {
  const Bound bound(denoiser, {.form = ObjectiveForm::kCount, .schedule = schedule.options()});
  return loss_terms(denoiser, batch, bound.pass_of_masks(masked), bound.ends(), device);
}

}  // namespace veil
