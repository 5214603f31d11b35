#include "io/image/picture_strip.h"

#include <algorithm>
#include <array>

#include "base/torch.h"
#include "veil/io/image/image_grid.h"

namespace veil::io {
namespace {

constexpr std::array<int64_t, 3> kMask{0x8c, 0x9a, 0xb8};
constexpr int64_t kHalf = 128;
constexpr int64_t kMostStripPixels = 160'000;
constexpr int64_t kMostColumns = 9;
constexpr int64_t kMostRows = 4;

}  // namespace

torch::Tensor with_visible_masks(const torch::Tensor& tokens, const DatasetInfo& data) {
  const auto& shape = data.shape;
  const auto sizes = std::vector<int64_t>{tokens.size(0), shape.height, shape.width, shape.channels};
  const auto masked = tokens.eq(data.vocab_size).view(sizes);
  const auto levels = tokens_to_images(tokens.clamp_max(data.vocab_size - 1), shape, data.vocab_size).to(torch::kInt64);
  const auto mask = torch::tensor(torch::ArrayRef<int64_t>(kMask.data(), kMask.size()), torch::kInt64);
  const auto colored = levels.masked_fill(masked, kHalf).expand({-1, -1, -1, 3});
  return torch::where(masked.all(-1, /*keepdim=*/true), mask, colored).reshape({tokens.size(0), -1});
}

std::vector<size_t> evenly_spread(size_t count, size_t wanted) {
  std::vector<size_t> places;
  const size_t parts = std::min(count, wanted);
  for (size_t i = 0; i < parts; ++i) {
    places.push_back(parts == 1 ? count - 1 : i * (count - 1) / (parts - 1));
  }
  return places;
}

Pixels picture_strip(const std::vector<torch::Tensor>& pictures, const TokenShape& shape) {
  const int64_t pixels = shape.height * shape.width;
  const auto columns = std::clamp<int64_t>(kMostStripPixels / pixels, 5, kMostColumns);
  const auto rows = std::clamp<int64_t>(kMostStripPixels / (columns * pixels), 1, kMostRows);
  std::vector<torch::Tensor> shown;
  for (const size_t place : evenly_spread(pictures.size(), static_cast<size_t>(columns))) {
    shown.push_back(pictures[place].narrow(0, 0, std::min(rows, pictures[place].size(0))));
  }
  const int64_t samples = shown.front().size(0);
  return image_grid(torch::cat(shown), shape, {.rows = samples, .scale = 0});
}

}  // namespace veil::io
