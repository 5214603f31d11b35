#include "veil/objective/objective.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "veil/diffusion/forward_process.h"
#include "veil/objective/masked_cross_entropy.h"
#include "veil/objective/value_schedule.h"

namespace veil {
namespace {

torch::Tensor float_tensor(const std::vector<double>& values) {
  return torch::tensor(values, torch::kFloat64).to(torch::kFloat32);
}

NoiseKey noise_key(const NoiseContext& noise, NoisePurpose purpose) {
  return {.seed = noise.seed, .purpose = purpose, .round = static_cast<uint64_t>(noise.step)};
}

LossTerms terms_of(const torch::Tensor& diffusion, double reconstruction, double prior) {
  return {.reconstruction = torch::full_like(diffusion, reconstruction),
          .prior = torch::full_like(diffusion, prior),
          .diffusion = diffusion};
}

// weights [B], nats per unit of cross-entropy, times the cross-entropy sum of each example.
torch::Tensor weighted_sum(Denoiser& denoiser, const TokenBatch& batch, const MaskedTokens& masked,
                           const std::optional<torch::Tensor>& level, const std::vector<double>& weights,
                           torch::Device device) {
  const auto nats = masked_cross_entropy(denoiser, batch.tokens, masked, level, batch.labels, device);  // [M]
  const auto sums = sum_by_example(nats, masked.positions, batch.size(), batch.tokens.size(1));
  return sums * float_tensor(weights).to(sums.options(), /*non_blocking=*/true);
}

// L = n E_k [S_k / k], k uniform on 1..n.
LossTerms count_loss(Denoiser& denoiser, const TokenBatch& batch, const ObjectiveOptions& options,
                     const NoiseContext& noise, torch::Device device) {
  const int64_t length = batch.tokens.size(1);
  const auto counts = low_discrepancy_counts(noise_key(noise, NoisePurpose::kTrainLevel), length, noise.first,
                                             batch.size(), noise.global_size);
  const auto masked = mask_by_count(batch.tokens, counts, batch.example_ids, denoiser.options().vocab_size,
                                    noise_key(noise, NoisePurpose::kTrainMask));
  const auto level = noise_level_of_counts(denoiser.options().condition, MaskSchedule(options.schedule), counts, length);
  std::vector<double> weights(counts.size());
  for (size_t b = 0; b < counts.size(); ++b) {
    weights[b] = static_cast<double>(length) / static_cast<double>(counts[b]);
  }
  return terms_of(weighted_sum(denoiser, batch, masked, level, weights, device), 0, 0);
}

// L = E_t [-alpha'(t) / (1 - alpha(t)) S], t uniform on [0, 1).
LossTerms time_loss(Denoiser& denoiser, const TokenBatch& batch, const ObjectiveOptions& options,
                    const NoiseContext& noise, torch::Device device) {
  const MaskSchedule schedule(options.schedule);
  const int64_t length = batch.tokens.size(1);
  const auto condition = denoiser.options().condition;
  const auto times = low_discrepancy_times(noise_key(noise, NoisePurpose::kTrainLevel), noise.first, batch.size(),
                                           noise.global_size);
  std::vector<double> fractions(times.size());
  std::transform(times.begin(), times.end(), fractions.begin(), [&](double t) { return schedule.masked_fraction(t); });
  const auto masked = mask_by_fraction(batch.tokens, fractions, batch.example_ids, denoiser.options().vocab_size,
                                       noise_key(noise, NoisePurpose::kTrainMask));
  const auto level = condition == Condition::kTime
                         ? std::optional(float_tensor(times))
                         : noise_level_of_counts(condition, schedule, masked.counts, length);
  std::vector<double> weights(times.size());
  for (size_t b = 0; b < times.size(); ++b) {
    weights[b] = masked.counts[b] > 0 ? -schedule.loss_weight(times[b]) : 0;
  }
  const double log_vocab = std::log(static_cast<double>(denoiser.options().vocab_size)) * static_cast<double>(length);
  return terms_of(weighted_sum(denoiser, batch, masked, level, weights, device),
                  schedule.masked_fraction(0) * log_vocab, schedule.alpha(1) * log_vocab);
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
