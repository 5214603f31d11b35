#pragma once

#include <torch/types.h>

#include <cstdint>
#include <vector>

#include "veil/base/option.h"
#include "veil/train/parameter_vector.h"

namespace veil {

/// What the learning rate does after its rise: half a cosine down to 0 at the end; nothing; or nothing until the last
/// decay_steps updates, over which it falls linearly to 0.
enum class LearningRateDecay { kCosine, kConstant, kTrapezoid };

/// Which parameters weight decay pulls towards 0.
enum class WeightDecayOf {
  kAll,       ///< every one, as the reference does
  kMatrices,  ///< weights of products alone (is_matrix, parameter_vector.h): no norms, biases, embeddings
};

struct OptimizerOptions {
  double learning_rate = 2e-4;  ///< peak, > 0
  LearningRateDecay decay = LearningRateDecay::kCosine;
  int64_t warmup_steps = 100;  ///< >= 0; the rate rises linearly from 0
  int64_t decay_steps = 1000;  ///< >= 0; kTrapezoid: updates at the end over which the rate falls; 0: it does not
  double beta1 = 0.9;          ///< in [0, 1)
  double beta2 = 0.99;         ///< in [0, 1)
  double epsilon = 1e-8;       ///< > 0
  double weight_decay = 0.01;  ///< >= 0; decoupled, times the learning rate
  WeightDecayOf decayed = WeightDecayOf::kAll;
  double clip_norm = 0.0;     ///< gradients are scaled down to this global norm; 0: off
  double ema_decay = 0.9999;  ///< in [0, 1)
  bool ema_warmup = true;     ///< decay of update n is min(ema_decay, (1 + n) / (10 + n))
};

/// What each number of OptimizerOptions may be.
struct OptimizerRanges {
  static constexpr Range kLearningRate{.low = 0.0, .high = 10.0, .open_low = true};
  static constexpr IntegerRange kWarmupSteps{.low = 0, .high = 1'000'000'000};
  static constexpr IntegerRange kDecaySteps{.low = 0, .high = 1'000'000'000};
  static constexpr Range kDecay{.low = 0.0, .high = 1.0, .open_high = true};  ///< beta1, beta2 and ema_decay
  static constexpr Range kEpsilon{.low = 0.0, .high = 1.0, .open_low = true};
  static constexpr Range kWeightDecay{.low = 0.0, .high = 10.0};
  static constexpr Range kClipNorm{.low = 0.0, .high = 1e6};
};

/// Throws InvalidOption if a field is out of range.
void check_options(const OptimizerOptions& options);

/// Learning rate of update `step` (the first is 0) of `total_steps`: base * min(1, step / warmup) *
/// (cosine: 1/2 (1 + cos(pi * max(0, step - warmup) / (total - warmup)))); trapezoid: base * min(1, step / warmup,
/// (total - step) / decay_steps). The first update has rate 0 if warmup > 0, as in the reference. It depends on nothing
/// else: a run that is extended goes on at the rate that the new total gives.
[[nodiscard]] double learning_rate_at(const OptimizerOptions& options, int64_t step, int64_t total_steps);

/// Decay of the moving average at update `step`.
[[nodiscard]] double ema_decay_at(const OptimizerOptions& options, int64_t step);

/// AdamW (Loshchilov & Hutter 2019) and the moving average of the weights, over one flat vector.
class Optimizer {
 public:
  /// Throws InvalidOption, as check_options. The average starts at the parameters.
  Optimizer(ParameterVector parameters, const OptimizerOptions& options, int64_t total_steps);

  /// One update from the gradients, which are then zeroed. If any gradient is not finite nothing changes: neither
  /// weights, moments, update count nor average. Does not wait for the device.
  void step(int64_t step);

  [[nodiscard]] ParameterVector& parameters() { return parameters_; }
  [[nodiscard]] const OptimizerOptions& options() const { return options_; }
  [[nodiscard]] torch::Tensor& average() { return average_; }              ///< float32 [P]
  [[nodiscard]] torch::Tensor& first_moments() { return first_moments_; }  ///< float32 [P]
  [[nodiscard]] torch::Tensor& second_moments() { return second_moments_; }
  [[nodiscard]] torch::Tensor& update_count() { return update_count_; }  ///< float32 scalar: updates made

  /// Of the last update; float32 scalars on the device.
  [[nodiscard]] const torch::Tensor& gradient_norm() const { return gradient_norm_; }  ///< before clipping
  [[nodiscard]] const torch::Tensor& skipped() const { return skipped_; }              ///< 1 if it was skipped, else 0
  /// float32 scalars on the device: updates skipped so far, and how many of them were the latest ones.
  [[nodiscard]] torch::Tensor& skipped_total() { return skipped_total_; }
  [[nodiscard]] torch::Tensor& skipped_in_row() { return skipped_in_row_; }

 private:
  // Consecutive numbers of the flat vector with one weight decay.
  struct Run {
    int64_t begin = 0;
    int64_t size = 0;
    double weight_decay = 0.0;
  };
  void update(const Run& run, double learning_rate);

  OptimizerOptions options_;
  std::vector<Run> runs_;
  int64_t total_steps_;
  ParameterVector parameters_;
  torch::Tensor average_;
  torch::Tensor first_moments_;
  torch::Tensor second_moments_;
  torch::Tensor update_count_;
  torch::Tensor gradient_norm_;
  torch::Tensor skipped_;
  torch::Tensor skipped_total_;
  torch::Tensor skipped_in_row_;
};

}  // namespace veil
