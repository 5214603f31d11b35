#include "veil/objective/objective.h"

#include <vector>

#include "objective/time_terms.h"
#include "objective/value_schedule.h"

namespace veil {
namespace {

// L = n E_k [S_k / k], k uniform on 1..n.
LossTerms count_loss(Denoiser& denoiser, const TokenBatch& batch, const ObjectiveOptions& options,
                     const NoiseContext& noise, torch::Device device) {
  const auto counts = low_discrepancy_counts(noise_key(noise, NoisePurpose::kTrainLevel), batch.tokens.size(1),
                                             noise.first, batch.size(), noise.global_size);
  const auto masked = mask_by_count(batch.tokens, counts, batch.example_ids, denoiser.options().vocab_size,
                                    noise_key(noise, NoisePurpose::kTrainMask));
  return count_form_loss(denoiser, batch, masked, MaskSchedule(options.schedule), device);
}

// L = E_t [-alpha'(t) / (1 - alpha(t)) S], t uniform on [0, 1).
LossTerms time_loss(Denoiser& denoiser, const TokenBatch& batch, const ObjectiveOptions& options,
                    const NoiseContext& noise, torch::Device device) {
  const MaskSchedule schedule(options.schedule);
  const auto times =
      low_discrepancy_times(noise_key(noise, NoisePurpose::kTrainLevel), noise.first, batch.size(), noise.global_size);
  const TimeDraw draw{.masked = mask_at_times(batch, times, schedule, denoiser.options().vocab_size, noise),
                      .times = times,
                      .weights = continuous_weights(schedule, times)};
  return time_terms(denoiser, batch, draw, schedule, device);
}

}  // namespace

LossTerms continuous_time_loss(Denoiser& denoiser, const TokenBatch& batch, const ObjectiveOptions& options,
                               const NoiseContext& noise, torch::Device device) {
  if (denoiser.powers() != nullptr) {
    return value_schedule_loss(denoiser, batch, options, noise, device);
  }
  return options.form == ObjectiveForm::kCount ? count_loss(denoiser, batch, options, noise, device)
                                               : time_loss(denoiser, batch, options, noise, device);
}

LossTerms count_form_loss(Denoiser& denoiser, const TokenBatch& batch, const MaskedTokens& masked,
                          const MaskSchedule& schedule, torch::Device device) {
  const int64_t length = batch.tokens.size(1);
  const auto level = noise_level_of_counts(denoiser.options().condition, schedule, masked.counts, length);
  std::vector<double> weights(masked.counts.size());
  for (size_t b = 0; b < weights.size(); ++b) {
    weights[b] = masked.counts[b] > 0 ? static_cast<double>(length) / static_cast<double>(masked.counts[b]) : 0.0;
  }
  return terms_of(weighted_sum(denoiser, batch, masked, level, weights, device), 0, 0);
}

std::optional<torch::Tensor> noise_level_of_counts(Condition condition, const MaskSchedule& schedule,
                                                   std::span<const int64_t> counts, int64_t length) {
  if (condition == Condition::kNone) {
    return std::nullopt;
  }
  std::vector<double> levels(counts.size());
  for (size_t b = 0; b < counts.size(); ++b) {
    const double fraction = static_cast<double>(counts[b]) / static_cast<double>(length);
    levels[b] = condition == Condition::kTime ? schedule.time_of_alpha(1 - fraction) : fraction;
  }
  return float_tensor(levels);
}

}  // namespace veil
