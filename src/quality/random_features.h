#pragma once

#include <vector>

#include "base/torch.h"

namespace veil {

/// 128 numbers of each image from a network that was never trained: three layers of 32, 32 and 64 convolutions of 3 x 3
/// with normal weights that only the seed decides, each followed by a rectifier and, but for the last, by the mean over
/// squares of 2 x 2; of every layer the means over the image. uint8 [N, H, W, C] → float [N, 128]. The result does not
/// depend on how many images are given together. Random networks serve where no trained one may be had: Naeem et al.,
/// "Reliable Fidelity and Diversity Metrics for Generative Models" (2020), section 4.
class RandomFeatures {
 public:
  RandomFeatures(int64_t channels, uint64_t seed);

  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& images) const;

 private:
  std::vector<torch::Tensor> filters_;
};

/// Features scaled to mean 0 and variance 1 over the reference: float [N, F].
class Standardised {
 public:
  explicit Standardised(const torch::Tensor& reference);

  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& features) const { return (features - mean_) / scale_; }

 private:
  torch::Tensor mean_;
  torch::Tensor scale_;
};

}  // namespace veil
