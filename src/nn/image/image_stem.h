#pragma once

#include <memory>

#include "veil/nn/denoiser.h"
#include "veil/nn/layers/layers.h"

namespace veil {

/// Tokens to the first feature map: each token is embedded, the C embeddings of a pixel lie one after the other
/// (channel c * width + j), and a 3x3 convolution follows. With options.value_channels two real channels a token lie
/// behind them (channel C * width + 2c + 0 or 1): the value 2 v / (V - 1) - 1, zero where masked, and 1 where masked.
class ImageStem : public Layer {
 public:
  ImageStem(const DenoiserOptions& options, torch::Device device);

  /// z: int64 [B, L] → [B, width, H, W].
  [[nodiscard]] torch::Tensor forward(const torch::Tensor& z, bool channels_last) const;

 private:
  TokenShape shape_;
  int64_t vocab_size_;
  bool value_channels_;
  std::shared_ptr<Embedding> embedding_;
  std::shared_ptr<Conv2d> conv_;
};

}  // namespace veil
