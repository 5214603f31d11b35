#pragma once

#include <memory>
#include <optional>

#include "veil/nn/denoiser.h"
#include "veil/nn/layers/layers.h"

namespace veil {

/// Sinusoidal embedding of a noise level u in [0, 1]: float32 [B] → float32 [B, width] = [sin(1000 u f), cos(1000 u
/// f)], f_k = 10000^(-k / (width/2 - 1)), a zero column last if width is odd. All in float32: the arguments reach 1000,
/// so another precision moves the result by 3e-5. width >= 4.
[[nodiscard]] torch::Tensor level_embedding(const torch::Tensor& level, int64_t width);

/// Noise level, class label or both as one vector an example (CondEmbedding of the reference). With a level: linear
/// `out` of swish of linear `hidden` of [level embedding, label embedding]; with labels only: the label embedding.
class CondEmbedding : public Layer {
 public:
  CondEmbedding(const DenoiserOptions& options, torch::Device device);

  /// The vectors [B, width], or an undefined tensor if the network has neither.
  [[nodiscard]] torch::Tensor forward(const DenoiserInput& input) const;

 private:
  int64_t width_;
  std::shared_ptr<Embedding> label_;
  std::shared_ptr<Linear> hidden_;
  std::shared_ptr<Linear> out_;
};

/// Width of the vectors that CondEmbedding gives: options.width, or 0 if there is nothing to tell the network.
[[nodiscard]] int64_t condition_width(const DenoiserOptions& options);

}  // namespace veil
