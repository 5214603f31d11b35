#pragma once

#include <cstdint>
#include <memory>

#include "nn/layers/norm.h"
#include "nn/layers/rotary.h"
#include "veil/nn/denoiser.h"
#include "veil/nn/layers/layers.h"

namespace veil {

/// Of the norms in the text transformer; the image networks have another one.
inline constexpr double kTransformerNormEpsilon = 1e-5;

struct TransformerBlockOptions {
  int64_t width = 0;  ///< numbers a token; a multiple of heads, each of which is an even number wide
  int64_t heads = 1;
  int64_t key_value_heads = 1;  ///< a divisor of heads: this many neighbouring heads share keys and values
  int64_t hidden = 0;           ///< numbers between the feed-forward layers: feed_forward_width(width)
  int64_t cond_width = 0;       ///< 0: no condition
  Gate gate = Gate::kSigmoid;
  bool causal = false;
  double dropout = 0.0;
  Initializer modulation = kZeroWeights;
  Initializer feed_forward = {};  ///< of its three matrices
};

/// Two thirds of 4 * width, rounded up to a multiple of 32.
[[nodiscard]] int64_t feed_forward_width(int64_t width);

/// sigmoid, swish or tanh-gelu of x.
[[nodiscard]] torch::Tensor apply_gate(Gate gate, const torch::Tensor& x);

/// Self-attention over [B, N, width] whose queries and keys are turned by their positions. `qkv` holds the heads of the
/// queries, then those of the keys, then those of the values; neither it nor `out` has a bias.
class RotaryAttention : public Layer {
 public:
  RotaryAttention(const TransformerBlockOptions& options, torch::Device device);

  /// table: of N positions, on x's device.
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const RotaryTable& table) const;

 private:
  int64_t heads_;
  int64_t key_value_heads_;
  int64_t head_width_;
  bool causal_;
  double dropout_;
  std::shared_ptr<Linear> qkv_;
  std::shared_ptr<Linear> out_;
};

/// out(gate(first half of in(x)) * second half), without biases (Shazeer 2020, arXiv 2002.05202).
class FeedForward : public Layer {
 public:
  FeedForward(const TransformerBlockOptions& options, torch::Device device);
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

 private:
  Gate gate_;
  double dropout_;
  std::shared_ptr<Linear> in_;
  std::shared_ptr<Linear> out_;
};

/// Attention and feed-forward layers, each behind a norm and inside a residual. With a condition, six linear maps of it
/// give shift, scale and gate of both; without one, RMS norms with a weight and no gates.
class TransformerBlock : public Layer {
 public:
  TransformerBlock(const TransformerBlockOptions& options, torch::Device device);

  /// x: [B, N, width]; condition: apply_gate of it, [B, cond_width], or undefined.
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& condition,
                                      const RotaryTable& table) const;

 private:
  std::shared_ptr<Linear> modulation_;
  std::shared_ptr<RmsNorm> attention_norm_;
  std::shared_ptr<RotaryAttention> attention_;
  std::shared_ptr<RmsNorm> feed_forward_norm_;
  std::shared_ptr<FeedForward> feed_forward_;
};

}  // namespace veil
