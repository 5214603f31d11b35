#include "veil/train/optimizer.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace veil {
void check_options(const OptimizerOptions& o) {
  check_option({"learning_rate"}, o.learning_rate, OptimizerRanges::kLearningRate);
  check_option({"warmup_steps"}, o.warmup_steps, OptimizerRanges::kWarmupSteps);
  check_option({"decay_steps"}, o.decay_steps, OptimizerRanges::kDecaySteps);
  check_option({"beta1"}, o.beta1, OptimizerRanges::kDecay);
  check_option({"beta2"}, o.beta2, OptimizerRanges::kDecay);
  check_option({"epsilon"}, o.epsilon, OptimizerRanges::kEpsilon);
  check_option({"weight_decay"}, o.weight_decay, OptimizerRanges::kWeightDecay);
  check_option({"clip_norm"}, o.clip_norm, OptimizerRanges::kClipNorm);
  check_option({"ema_decay"}, o.ema_decay, OptimizerRanges::kDecay);
}

double learning_rate_at(const OptimizerOptions& options, int64_t step, int64_t total_steps) {
  const auto at = static_cast<double>(step);
  const auto warmup = static_cast<double>(options.warmup_steps);
  const double rise = options.warmup_steps > 0 ? std::min(1.0, at / warmup) : 1.0;
  if (options.decay == LearningRateDecay::kConstant) {
    return options.learning_rate * rise;
  }
  if (options.decay == LearningRateDecay::kTrapezoid) {
    const auto left = static_cast<double>(std::max<int64_t>(0, total_steps - step));
    const double fall = options.decay_steps > 0 ? left / static_cast<double>(options.decay_steps) : 1.0;
    return options.learning_rate * std::min(rise, fall);
  }
  const double span = std::max(1.0, static_cast<double>(total_steps) - warmup);
  const double progress = std::clamp((at - warmup) / span, 0.0, 1.0);
  return options.learning_rate * rise * 0.5 * (1 + std::cos(std::numbers::pi * progress));
}

double ema_decay_at(const OptimizerOptions& options, int64_t step) {
  const auto n = static_cast<double>(step);
  return options.ema_warmup ? std::min(options.ema_decay, (1 + n) / (10 + n)) : options.ema_decay;
}

Optimizer::Optimizer(ParameterVector parameters, const OptimizerOptions& options, int64_t total_steps)
    : options_(options), total_steps_(total_steps), parameters_(std::move(parameters)) {
  check_options(options_);
  const auto& values = parameters_.values();
  for (const auto& range : parameters_.ranges()) {
    const bool is_decayed = options_.decayed == WeightDecayOf::kAll || range.is_matrix;
    const double decay = is_decayed ? options_.weight_decay : 0.0;
    if (runs_.empty() || runs_.back().weight_decay != decay) {
      runs_.push_back({.begin = range.begin, .size = 0, .weight_decay = decay});
    }
    runs_.back().size += range.size;
  }
  average_ = values.clone();
  first_moments_ = torch::zeros_like(values);
  second_moments_ = torch::zeros_like(values);
  update_count_ = torch::zeros({}, values.options());
  gradient_norm_ = torch::zeros({}, values.options());
  skipped_ = torch::zeros({}, values.options());
  skipped_total_ = torch::zeros({}, values.options());
  skipped_in_row_ = torch::zeros({}, values.options());
}

void Optimizer::step(int64_t step) {
  const torch::NoGradGuard no_grad;
  auto& gradients = parameters_.gradients();
  gradient_norm_ = gradients.norm();
  skipped_ = torch::isfinite(gradient_norm_).logical_not_().to(torch::kFloat32);
  if (options_.clip_norm > 0) {
    gradients.mul_(torch::clamp_max(options_.clip_norm / (gradient_norm_ + 1e-6), 1.0));
  }
  skipped_total_ += skipped_;
  skipped_in_row_.add_(1).mul_(skipped_);
  const auto applied = 1 - skipped_;
  update_count_ += applied;
  const double learning_rate = learning_rate_at(options_, step, total_steps_);
  for (const auto& run : runs_) {
    update(run, learning_rate);
  }
  average_.lerp_(parameters_.values(), applied * (1 - ema_decay_at(options_, step)));
  gradients.zero_();
}

void Optimizer::update(const Run& run, double learning_rate) {
  const auto part = [&](const torch::Tensor& flat) { return flat.narrow(0, run.begin, run.size); };
  at::_fused_adamw_({part(parameters_.values())}, {part(parameters_.gradients())}, {part(first_moments_)},
                    {part(second_moments_)}, {}, {update_count_}, learning_rate, options_.beta1, options_.beta2,
                    run.weight_decay, options_.epsilon, /*amsgrad=*/false, /*maximize=*/false, std::nullopt, skipped_);
}

}  // namespace veil
