#pragma once

#include <memory>

#include "veil/nn/layers/layers.h"

namespace veil {

inline constexpr double kNormEpsilon = 1e-6;

/// swish of a group normalisation of [B, C, H, W]. With cond_width > 0, scale and shift are a linear map of the
/// condition (zero at the start; scale first), else per-channel parameters.
class NormSwish : public Layer {
 public:
  NormSwish(int64_t channels, int64_t cond_width, torch::Device device);

  /// condition: [B, cond_width], or undefined if cond_width is 0.
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& condition = {}) const;

 private:
  torch::Tensor weight_;
  torch::Tensor bias_;
  std::shared_ptr<Linear> modulation_;
};

/// Group normalisation of [B, C, H, W] with per-channel scale and shift.
class GroupNorm : public Layer {
 public:
  GroupNorm(int64_t channels, torch::Device device);
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

 private:
  torch::Tensor weight_;
  torch::Tensor bias_;
};

/// x / sqrt(mean(x^2) + epsilon) * weight over the last dimension.
class RmsNorm : public Layer {
 public:
  RmsNorm(int64_t width, double epsilon, torch::Device device);
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

 private:
  double epsilon_;
  torch::Tensor weight_;
};

/// Layer normalisation of x over its last dimension, without parameters of its own, times (1 + scale) plus shift, which
/// broadcast against x: the form in which a condition modulates a transformer.
[[nodiscard]] torch::Tensor modulated_norm(const torch::Tensor& x, const torch::Tensor& shift,
                                           const torch::Tensor& scale, double epsilon);

}  // namespace veil
