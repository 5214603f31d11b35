#include "quality/laplacian_pyramid.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace veil {
namespace {

constexpr std::array<int64_t, 2> kNoPadding{0, 0};

torch::Tensor binomial_filter(int64_t channels) {
  const auto line = torch::tensor({1.0F, 4.0F, 6.0F, 4.0F, 1.0F}) / 16;
  return torch::outer(line, line).view({1, 1, 5, 5}).expand({channels, 1, 5, 5}).contiguous();
}

torch::Tensor smooth(const torch::Tensor& images, int64_t stride) {
  const int64_t channels = images.size(1);
  return at::conv2d(at::replication_pad2d(images, {2, 2, 2, 2}), binomial_filter(channels), {}, stride, kNoPadding, 1,
                    channels);
}

// Between the pixels of the small image come the means that the filter makes of them.
torch::Tensor enlarged(const torch::Tensor& small, int64_t height, int64_t width) {
  const auto padded = at::replication_pad2d(small, {1, 1, 1, 1});
  auto spread = torch::zeros({small.size(0), small.size(1), 2 * padded.size(2), 2 * padded.size(3)}, torch::kFloat32);
  spread.slice(2, 0, spread.size(2), 2).slice(3, 0, spread.size(3), 2).copy_(padded);
  const auto smoothed = smooth(spread, 1) * 4;
  return smoothed.slice(2, 2, 2 + height).slice(3, 2, 2 + width);
}

}  // namespace

std::vector<torch::Tensor> laplacian_pyramid(const torch::Tensor& images, int64_t levels) {
  std::vector<torch::Tensor> pyramid;
  auto rest = images;
  for (int64_t level = 0; level + 1 < levels; ++level) {
    const auto small = smooth(rest, 2);
    pyramid.push_back(rest - enlarged(small, rest.size(2), rest.size(3)));
    rest = small;
  }
  pyramid.push_back(rest);
  return pyramid;
}

int64_t pyramid_levels(int64_t height, int64_t width, int64_t least) {
  int64_t levels = 1;
  for (int64_t side = (std::min(height, width) + 1) / 2; side >= least; side = (side + 1) / 2) {
    ++levels;
  }
  return levels;
}

}  // namespace veil
