#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

namespace veil {

enum class LearningRateDecay { kCosine, kConstant };

struct OptimizerOptions {
  double learning_rate = 2e-4;  ///< peak, > 0
  LearningRateDecay decay = LearningRateDecay::kCosine;
  int64_t warmup_steps = 100;   ///< >= 0; the rate rises linearly from 0
  double beta1 = 0.9;
  double beta2 = 0.99;
  double epsilon = 1e-8;
  double weight_decay = 0.01;   ///< decoupled, times the learning rate, on every parameter (as the reference)
  double clip_norm = 0.0;       ///< global gradient norm is scaled down to this; 0: off
  double ema_decay = 0.9999;    ///< in [0, 1)
  bool ema_warmup = true;       ///< decay of update n is min(ema_decay, (1 + n) / (10 + n))
};

/// Learning rate of update `step` (the first is 0) of `total_steps`: base * min(1, step / warmup) *
/// (cosine: 1/2 (1 + cos(pi * max(0, step - warmup) / (total - warmup)))). The first update has rate 0 if warmup > 0.
[[nodiscard]] double learning_rate_at(const OptimizerOptions& options, int64_t step, int64_t total_steps);

/// Decay of the moving average at update `step`.
[[nodiscard]] double ema_decay_at(const OptimizerOptions& options, int64_t step);

/// AdamW (Loshchilov & Hutter 2019) and the moving average of the weights, both in fused or foreach form. All tensors of one
/// list have the order of `parameters`.
class Optimizer {
 public:
  /// parameters: leaf tensors that require gradients, on one device; updated in place. The average starts at them.
  Optimizer(std::vector<torch::Tensor> parameters, const OptimizerOptions& options, int64_t total_steps);

  /// One update from the gradients of the parameters, which are then zeroed. If any gradient is not finite, nothing
  /// changes but the count of skipped updates: neither weights, moments nor average. Does not wait for the device.
  void step(int64_t step);

  /// float32 scalar on the device: gradient norm of the last update, before clipping.
  [[nodiscard]] torch::Tensor gradient_norm() const { return gradient_norm_; }
  /// float32 scalar on the device: 1 if the last update was skipped, else 0.
  [[nodiscard]] torch::Tensor skipped() const { return found_inf_; }

  [[nodiscard]] const std::vector<torch::Tensor>& parameters() const { return parameters_; }
  [[nodiscard]] std::vector<torch::Tensor>& average() { return average_; }
  [[nodiscard]] std::vector<torch::Tensor>& first_moments() { return first_moments_; }
  [[nodiscard]] std::vector<torch::Tensor>& second_moments() { return second_moments_; }
  /// float32 scalars: updates that each parameter has had.
  [[nodiscard]] std::vector<torch::Tensor>& update_counts() { return update_counts_; }

 private:
  OptimizerOptions options_;
  int64_t total_steps_;
  std::vector<torch::Tensor> parameters_;
  std::vector<torch::Tensor> average_;
  std::vector<torch::Tensor> first_moments_;
  std::vector<torch::Tensor> second_moments_;
  std::vector<torch::Tensor> update_counts_;
  torch::Tensor gradient_norm_;
  torch::Tensor found_inf_;
};

}  // namespace veil
