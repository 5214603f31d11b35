#pragma once

#include <memory>
#include <vector>

#include "nn/layers/attention.h"
#include "nn/layers/norm.h"
#include "veil/nn/layers/layers.h"

namespace veil {

struct DitOptions {
  int64_t channels = 0;     ///< of the image that goes in and comes out
  int64_t height = 0;       ///< a multiple of patch
  int64_t width = 0;        ///< a multiple of patch
  int64_t patch = 2;        ///< side of the squares that become tokens
  int64_t model_width = 0;  ///< numbers a token; a multiple of 4 and of heads
  int64_t layers = 0;
  int64_t heads = 1;
  int64_t cond_width = 0;  ///< 0: no condition
  double dropout = 0.0;
};

/// Transformer block (Peebles & Xie 2022, adaLN-Zero). With a condition, six linear maps of it give shift, scale and
/// gate of attention and of the MLP, all zero at the start; without one, RMS norms with a weight and no gates.
class DitBlock : public Layer {
 public:
  DitBlock(const DitOptions& options, torch::Device device);

  /// x: [B, N, model_width]; condition: swish of it, [B, cond_width], or undefined.
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& condition) const;

 private:
  [[nodiscard]] torch::Tensor mlp(const torch::Tensor& x) const;

  double dropout_;
  std::shared_ptr<Linear> modulation_;
  std::shared_ptr<RmsNorm> norm_in_;
  std::shared_ptr<SelfAttention> attention_;
  std::shared_ptr<RmsNorm> norm_out_;
  std::shared_ptr<Linear> mlp_in_;
  std::shared_ptr<Linear> mlp_out_;
};

/// Transformer over the square patches of a feature map, with a learned table of positions. Its output starts at zero
/// and replaces its input: no residual around it.
class Dit : public Layer {
 public:
  Dit(const DitOptions& options, torch::Device device);

  /// x: [B, channels, height, width]; condition: [B, cond_width], or undefined. Returns x's shape, channels-last.
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& condition) const;

 private:
  [[nodiscard]] torch::Tensor unpatchify(const torch::Tensor& tokens) const;

  DitOptions options_;
  std::shared_ptr<Conv2d> patchify_;
  torch::Tensor position_;
  std::vector<std::shared_ptr<DitBlock>> blocks_;
  std::shared_ptr<Linear> modulation_;
  std::shared_ptr<RmsNorm> norm_;
  std::shared_ptr<Linear> unpatchify_;
};

}  // namespace veil
