#include "objective/bound.h"

#include <cmath>
#include <utility>

#include "base/torch.h"
#include "nn/network_input.h"
#include "objective/masked_loss.h"
#include "veil/base/device.h"
#include "veil/base/error.h"
#include "veil/nn/token_powers.h"

namespace veil {

Bound::Bound(const Denoiser& denoiser, const BoundOptions& options)
    : network_(denoiser.options()),
      options_(options),
      schedule_(token_schedule(denoiser, options.schedule)),
      told_(options.schedule) {
  if (schedule_.is_by_value()) {
    require<InvalidOption>(options.form == ObjectiveForm::kTime, Field{"form"},
                           " is count, want time for a network with learned powers: its values have schedules of their "
                           "own");
    check_option({"first_time"}, options.first_time, kFirstTimes);
    first_time_ = options.first_time;
  }
}

Pass Bound::pass(const torch::Tensor& x0, const torch::Tensor& example_ids, std::span<const double> levels,
                 const NoiseKey& key, Antithetic antithetic) const {
  if (options_.form == ObjectiveForm::kCount) {
    std::vector<int64_t> counts;
    for (const double level : levels) {
      counts.push_back(count_of_level(level, length()));
    }
    return pass_of_masks(mask_by_count(x0, counts, example_ids, network_.vocab_size, key));
  }
  std::vector<double> times;
  for (const double level : levels) {
    times.push_back(first_time_ + (1 - first_time_) * level);
  }
  return pass_at_times(x0, example_ids, times, key, antithetic);
}

Pass Bound::pass_at_times(const torch::Tensor& x0, const torch::Tensor& example_ids, std::span<const double> times,
                          const NoiseKey& key, Antithetic antithetic) const {
  return pass_of_masks(schedule_.mask(x0, times, example_ids, network_.vocab_size, key, antithetic), times);
}

Pass Bound::pass_of_masks(MaskedTokens masked, std::span<const double> times) const {
  Pass pass{.masked = std::move(masked), .levels = {}, .weights = {}, .scales = {}};
  for (size_t b = 0; b < times.size(); ++b) {
    const auto count = pass.masked.counts[b];
    pass.levels.push_back(
        network_.condition == Condition::kTime ? times[b] : told_level(network_.condition, told_, count, length()));
    // At t = 0 the weight may be infinite, but nothing is masked.
    pass.weights.push_back(count > 0 ? schedule_.loss_weight(times[b], 1 - first_time_) : 0.0);
    pass.scales.push_back(pass.weights.back() * static_cast<double>(count));
  }
  return pass;
}

Pass Bound::pass_of_masks(MaskedTokens masked) const {
  Pass pass{.masked = std::move(masked), .levels = {}, .weights = {}, .scales = {}};
  const auto n = static_cast<double>(length());
  for (const int64_t count : pass.masked.counts) {
    pass.levels.push_back(told_level(network_.condition, told_, count, length()));
    pass.weights.push_back(count > 0 ? n / static_cast<double>(count) : 0.0);
    pass.scales.push_back(n);
  }
  return pass;
}

Ends Bound::ends() const {
  if (options_.form == ObjectiveForm::kCount) {
    return {};
  }
  const double log_vocab = std::log(static_cast<double>(network_.vocab_size)) * static_cast<double>(length());
  if (schedule_.is_by_value()) {
    return {.reconstruction = 0.0, .prior = options_.schedule.clip * log_vocab};
  }
  return {.reconstruction = schedule_.shared().masked_fraction(0) * log_vocab,
          .prior = schedule_.shared().alpha(1) * log_vocab};
}

LossTerms loss_terms(Denoiser& denoiser, const TokenBatch& batch, const Pass& pass, const Ends& ends,
                     torch::Device device) {
  const auto nats = masked_loss(denoiser, batch.tokens, pass.masked, pass.levels, batch.labels, device);  // [M]
  const auto sums = sum_by_example(nats, pass.masked.positions, batch.size(), batch.tokens.size(1));
  // In float64 up to here: n/k rounded to float32 would move an evaluator's float64 sums.
  const auto weights = torch::tensor(pass.weights, torch::kFloat64).to(sums.scalar_type());
  const auto diffusion = sums * to_device(weights, sums.device());
  return {.reconstruction = torch::full_like(diffusion, ends.reconstruction),
          .prior = torch::full_like(diffusion, ends.prior),
          .diffusion = diffusion};
}

NoiseKey noise_key(const NoiseContext& noise, NoisePurpose purpose) {
  return {.seed = noise.seed, .purpose = purpose, .round = static_cast<uint64_t>(noise.step)};
}

}  // namespace veil
