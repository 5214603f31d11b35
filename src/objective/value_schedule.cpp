#include "objective/value_schedule.h"

#include <cmath>
#include <utility>

#include "base/torch.h"
#include "objective/masked_loss.h"
#include "veil/base/device.h"
#include "veil/base/error.h"
#include "veil/nn/token_powers.h"

namespace veil {
namespace {

// One of the two masks, and what the network makes of it.
struct Draw {
  torch::Tensor is_masked;  // [B, L]: 0 or 1
  torch::Tensor jump;       // [B, L]: masked_jump_loss, 0 where visible
};

Draw evaluate_mask(Denoiser& denoiser, const TokenBatch& batch, const MaskedTokens& masked,
                   std::span<const double> times, const torch::Tensor& powers, torch::Device device) {
  const auto jump = masked_jump_loss(denoiser, batch.tokens, masked, times, batch.labels, powers, device);
  const auto positions = to_device(masked.positions, device);
  const auto empty = torch::zeros({batch.tokens.numel()}, jump.options().requires_grad(false));
  return {.is_masked = empty.index_fill(0, positions, 1).view_as(batch.tokens),
          .jump = empty.index_copy(0, positions, jump).view_as(batch.tokens)};
}

// What the two masks of a batch give.
struct Pair {
  MaskPair masks;
  torch::Tensor first_jump;   // [B, L]
  torch::Tensor second_jump;  // [B, L]
  torch::Tensor rate;         // [B]: (1 - t_1) / t, nats per unit of jump
};

torch::Tensor power_surrogate(const Pair& pair, const torch::Tensor& x0, PowerGradient gradient, int64_t vocab_size) {
  const auto first = pair.first_jump.detach();
  const auto second = pair.second_jump.detach();
  if (gradient == PowerGradient::kLeaveOneOut) {
    return leave_one_out_surrogate(pair.masks, first.sum(1) * pair.rate, second.sum(1) * pair.rate);
  }
  const auto baseline = jump_baseline(x0, pair.masks, first + second, vocab_size);
  const auto rest = [&](const torch::Tensor& jump, const torch::Tensor& is_masked) {
    return (jump - baseline * is_masked).sum(1) * pair.rate;
  };
  const auto exact = (baseline * pair.masks.log_fraction.exp()).sum(1) * pair.rate;
  return disarm_surrogate(pair.masks, rest(first, pair.masks.first), rest(second, pair.masks.second)) + exact;
}

}  // namespace

torch::Tensor value_reconstruction(const torch::Tensor& x0, const torch::Tensor& powers, double time, double clip) {
  const auto log_fraction = powers * std::log(time);
  const auto cost = (1 - clip) * log_fraction.exp() * (torch::logsumexp(log_fraction, 0) - log_fraction);  // [V]
  return cost.index_select(0, x0.flatten()).view_as(x0).sum(1);
}

LossTerms value_terms(Denoiser& denoiser, const TokenBatch& batch, const TwoMasks& draw,
                      const ObjectiveOptions& options, torch::Device device) {
  const double clip = options.schedule.clip;
  const auto powers = denoiser.powers()->values();
  const auto first = evaluate_mask(denoiser, batch, draw.first, draw.times, powers, device);
  const auto second = evaluate_mask(denoiser, batch, draw.second, draw.times, powers, device);
  const auto x0 = to_device(batch.tokens, device);
  const auto time = to_device(torch::tensor(draw.times, torch::kFloat64).to(torch::kFloat32), device);
  const auto log_fraction =
      powers.index_select(0, x0.flatten()).view_as(x0) * time.log().unsqueeze(1) + std::log1p(-clip);
  const Pair pair{.masks = {log_fraction, first.is_masked, second.is_masked},
                  .first_jump = first.jump,
                  .second_jump = second.jump,
                  .rate = (1 - options.first_time) / time};
  const auto surrogate = power_surrogate(pair, x0, options.power_gradient, denoiser.options().vocab_size);
  const auto value = 0.5 * (first.jump + second.jump).sum(1) * pair.rate;
  const double prior = clip * static_cast<double>(x0.size(1)) * std::log(denoiser.options().vocab_size);
  return {.reconstruction = value_reconstruction(x0, powers, options.first_time, clip),
          .prior = torch::full_like(value, prior).detach(),
          .diffusion = value + (surrogate - surrogate.detach())};
}

LossTerms value_schedule_loss(Denoiser& denoiser, const TokenBatch& batch, const Bound& bound,
                              const ObjectiveOptions& options, const NoiseContext& noise, torch::Device device) {
  const auto levels =
      low_discrepancy_levels(noise_key(noise, NoisePurpose::kTrainLevel), noise.first, batch.size(), noise.global_size);
  const auto pass = [&](NoisePurpose purpose, Antithetic side) {
    return bound.pass(batch.tokens, batch.example_ids, levels, noise_key(noise, purpose), side);
  };
  const bool antithetic = options.power_gradient == PowerGradient::kDisarm;
  auto first = pass(NoisePurpose::kTrainMask, Antithetic::kNo);
  auto second = antithetic ? pass(NoisePurpose::kTrainMask, Antithetic::kYes)
                           : pass(NoisePurpose::kTrainSecondMask, Antithetic::kNo);
  const TwoMasks draw{.times = first.levels, .first = std::move(first.masked), .second = std::move(second.masked)};
  return value_terms(denoiser, batch, draw, options, device);
}

}  // namespace veil
