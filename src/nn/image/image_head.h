#pragma once

#include <memory>

#include "nn/layers/norm.h"
#include "veil/nn/denoiser.h"
#include "veil/nn/layers/layers.h"

namespace veil {

/// The last feature map to logits: swish of a norm, then a 3x3 convolution that starts at zero; output channel c*V + v
/// is value v of color channel c.
///
/// With Head::kLogisticPrior a second convolution, `prior`, gives two numbers a token, mean m and log scale r (output
/// channels 2c and 2c + 1), and
///   logits_v = free_v - softplus(d) - softplus(-d),  d = (x_v - m) / s,  x_v = 2 v / (V - 1) - 1,  s = e^clamp(r, -7,
///   3):
/// the log density of a logistic distribution over the values, but for -log s, which softmax ignores. It starts at
/// m = 0, s = 1: logits between -1.63 and -1.38, a bump as broad as the range of values.
class ImageHead : public Layer {
 public:
  /// channels: of the feature map. cond_width: see NormSwish.
  ImageHead(const DenoiserOptions& options, int64_t channels, int64_t cond_width, torch::Device device);

  /// x: [B, channels, H, W] → float32 [B, L, V].
  [[nodiscard]] torch::Tensor logits(const torch::Tensor& x, const torch::Tensor& condition) const;

  /// The same at `positions`, int64 [M] on the CPU, flat indices b*L + i: float32 [M, V], in their order. Costs in
  /// proportion to M. Throws InvalidArgument if a position is out of range.
  [[nodiscard]] torch::Tensor logits_at(const torch::Tensor& x, const torch::Tensor& condition,
                                        const torch::Tensor& positions) const;

 private:
  // What a 3x3 convolution sees at `pixels` (int64 [M] on the CPU) of features [B, H, W, f]: [M, 9 f].
  [[nodiscard]] torch::Tensor patches(const torch::Tensor& features, const torch::Tensor& pixels) const;

  [[nodiscard]] torch::Tensor channel_logits(const torch::Tensor& patches, int64_t channel) const;

  TokenShape shape_;
  int64_t vocab_size_;
  std::shared_ptr<NormSwish> norm_;
  torch::Tensor weight_;
  torch::Tensor bias_;
  std::shared_ptr<Conv2d> prior_;
};

/// free [..., V] plus the logistic bump that prior [..., 2] = (mean, log scale) describes; both float32.
[[nodiscard]] torch::Tensor add_logistic_prior(const torch::Tensor& free, const torch::Tensor& prior);

}  // namespace veil
