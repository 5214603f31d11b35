#pragma once

#include <memory>

#include "nn/layers/norm.h"
#include "veil/nn/layers/layers.h"

namespace veil {

struct AttentionOptions {
  int64_t width = 0;
  int64_t heads = 1;  ///< a divisor of width
  bool out_bias = true;
  double dropout = 0.0;  ///< of the attention weights, and of whole channels of the result
};

/// Bidirectional self-attention over [B, N, width], scaled by 1/sqrt(width/heads). `qkv` holds query, key and value
/// below each other, heads in order inside each; `out` maps the joined heads.
class SelfAttention : public Layer {
 public:
  SelfAttention(const AttentionOptions& options, torch::Device device);
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

 private:
  int64_t heads_;
  double dropout_;
  std::shared_ptr<Linear> qkv_;
  std::shared_ptr<Linear> out_;
};

/// x + attention(norm(x)) over the pixels of [B, C, H, W], one head.
class SpatialAttention : public Layer {
 public:
  SpatialAttention(int64_t channels, torch::Device device);
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

 private:
  std::shared_ptr<GroupNorm> norm_;
  std::shared_ptr<SelfAttention> attend_;
};

/// Dropout of whole channels: one mask for all positions of x [B, N, width].
[[nodiscard]] torch::Tensor channel_dropout(const torch::Tensor& x, double probability, bool training);

}  // namespace veil
