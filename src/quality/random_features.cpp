#include "quality/random_features.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "quality/noise_tensors.h"
#include "quality/tick.h"

namespace veil {
namespace {

constexpr std::array<int64_t, 3> kWidths{32, 32, 64};

torch::Tensor features_of(const torch::Tensor& images, const std::vector<torch::Tensor>& filters) {
  auto signal = images.permute({0, 3, 1, 2}).to(torch::kFloat32).contiguous() / 127.5 - 1;
  std::vector<torch::Tensor> means;
  for (const auto& filter : filters) {
    if (!means.empty() && std::min(signal.size(2), signal.size(3)) >= 2) {
      signal = at::avg_pool2d(signal, 2);
    }
    signal = at::conv2d(signal, filter, {}, 1, 1).relu_();
    means.push_back(signal.mean({2, 3}));
  }
  return torch::cat(means, 1);
}

}  // namespace

RandomFeatures::RandomFeatures(int64_t channels, uint64_t seed) {
  for (size_t layer = 0; layer < kWidths.size(); ++layer) {
    const int64_t inputs = layer == 0 ? channels : kWidths[layer - 1];
    const auto weights = normal_numbers(seed, quality_round(QualityNoise::kFilter, layer), kWidths[layer], inputs * 9) *
                         std::sqrt(2.0 / static_cast<double>(inputs * 9));
    filters_.push_back(weights.to(torch::kFloat32).view({kWidths[layer], inputs, 3, 3}));
  }
}

torch::Tensor RandomFeatures::operator()(const torch::Tensor& images) const {
  std::vector<torch::Tensor> parts;
  for (int64_t begin = 0; begin < images.size(0); begin += kImageBlock) {
    parts.push_back(features_of(images.slice(0, begin, std::min(images.size(0), begin + kImageBlock)), filters_));
  }
  return torch::cat(parts);
}

Standardised::Standardised(const torch::Tensor& reference)
    : mean_(reference.mean(0)), scale_(reference.std(0, /*unbiased=*/false)) {
  scale_ = torch::where(scale_ > 0, scale_, torch::ones_like(scale_));
}

}  // namespace veil
