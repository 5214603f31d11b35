#include "objective/time_terms.h"

#include <algorithm>
#include <cmath>

#include "objective/masked_cross_entropy.h"
#include "veil/base/device.h"

namespace veil {

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

torch::Tensor weighted_sum(Denoiser& denoiser, const TokenBatch& batch, const MaskedTokens& masked,
                           const std::optional<torch::Tensor>& level, const std::vector<double>& weights,
                           torch::Device device) {
  const auto nats = masked_cross_entropy(denoiser, batch.tokens, masked, level, batch.labels, device);  // [M]
  const auto sums = sum_by_example(nats, masked.positions, batch.size(), batch.tokens.size(1));
  // In float64 up to here: n/k rounded to float32 would move an evaluator's float64 sums.
  return sums * to_device(torch::tensor(weights, torch::kFloat64).to(sums.scalar_type()), sums.device());
}

LossTerms time_terms(Denoiser& denoiser, const TokenBatch& batch, const TimeDraw& draw, const MaskSchedule& schedule,
                     torch::Device device) {
  const auto condition = denoiser.options().condition;
  const int64_t length = batch.tokens.size(1);
  const auto level = condition == Condition::kTime
                         ? std::optional(float_tensor(draw.times))
                         : noise_level_of_counts(condition, schedule, draw.masked.counts, length);
  auto weights = draw.weights;
  for (size_t b = 0; b < weights.size(); ++b) {
    weights[b] = draw.masked.counts[b] > 0 ? weights[b] : 0;
  }
  const double log_vocab = std::log(static_cast<double>(denoiser.options().vocab_size)) * static_cast<double>(length);
  return terms_of(weighted_sum(denoiser, batch, draw.masked, level, weights, device),
                  schedule.masked_fraction(0) * log_vocab, schedule.alpha(1) * log_vocab);
}

MaskedTokens mask_at_times(const TokenBatch& batch, const std::vector<double>& times, const MaskSchedule& schedule,
                           int64_t mask_id, const NoiseContext& noise) {
  std::vector<double> fractions(times.size());
  std::transform(times.begin(), times.end(), fractions.begin(), [&](double t) { return schedule.masked_fraction(t); });
  return mask_by_fraction(batch.tokens, fractions, batch.example_ids, mask_id,
                          noise_key(noise, NoisePurpose::kTrainMask));
}

std::vector<double> continuous_weights(const MaskSchedule& schedule, const std::vector<double>& times) {
  std::vector<double> weights(times.size());
  std::transform(times.begin(), times.end(), weights.begin(), [&](double t) { return -schedule.loss_weight(t); });
  return weights;
}

int64_t step_of_level(double level, int64_t count) {
  const auto part = static_cast<int64_t>(std::floor(level * static_cast<double>(count)));
  return count - 1 - std::clamp(part, int64_t{0}, count - 1);
}

std::vector<double> discrete_weights(const MaskSchedule& schedule, std::span<const double> times,
                                     const std::vector<int64_t>& steps) {
  const auto count = static_cast<double>(times.size() - 1);
  std::vector<double> weights;
  weights.reserve(steps.size());
  for (const int64_t i : steps) {
    weights.push_back(count * schedule.unmask_probability(times[i + 1], times[i]));
  }
  return weights;
}

}  // namespace veil
