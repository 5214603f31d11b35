#include "quality/image_statistics.h"

#include <algorithm>
#include <vector>

#include "quality/histograms.h"
#include "quality/tick.h"

namespace veil {
namespace {

constexpr int64_t kRanges = 64;

// shares: [B, C, 256] of the sizes of differences.
torch::Tensor grouped(const torch::Tensor& shares) {
  std::vector<torch::Tensor> groups{shares.slice(2, 0, 6)};
  int64_t low = 6;
  for (const int64_t high : {10, 16, 32, 64, 256}) {
    groups.push_back(shares.slice(2, low, high).sum(2, /*keepdim=*/true));
    low = high;
  }
  return torch::cat(groups, 2).flatten(1);
}

torch::Tensor shares_of(const torch::Tensor& values) {
  const auto numbers = [](const torch::Tensor& part) {
    return part.flatten(1, 2).transpose(1, 2).to(torch::kFloat32).contiguous();
  };
  const auto counts = histograms(values, numbers, equal_bins(values.size(3), 0, 1, 256)).to(torch::kFloat32);
  return counts / std::max<int64_t>(1, values.size(1) * values.size(2));
}

torch::Tensor statistics_of(const torch::Tensor& images) {
  const auto values = images.to(torch::kInt16);
  const auto ranges = shares_of(images).unflatten(2, {kRanges, 256 / kRanges}).sum(3).flatten(1);
  return torch::cat({ranges, grouped(shares_of(values.diff(1, 1).abs())), grouped(shares_of(values.diff(1, 2).abs()))},
                    1);
}

}  // namespace

torch::Tensor image_statistics(const torch::Tensor& images) {
  std::vector<torch::Tensor> parts;
  for (int64_t begin = 0; begin < images.size(0); begin += kImageBlock) {
    parts.push_back(statistics_of(images.slice(0, begin, std::min(images.size(0), begin + kImageBlock))));
  }
  return torch::cat(parts);
}

}  // namespace veil
