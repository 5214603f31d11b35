#include "veil/io/image/image_grid.h"

#include <algorithm>
#include <cmath>

#include "base/torch.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr int64_t kVisibleSide = 64;
constexpr int64_t kMaxSide = 65535;  // of a PNG file as we write it

int64_t chosen_columns(int64_t count, const TokenShape& shape, int64_t columns) {
  if (columns > 0) {
    return std::min(columns, count);
  }
  const double square = std::sqrt(static_cast<double>(count * shape.height) / static_cast<double>(shape.width));
  return std::clamp<int64_t>(static_cast<int64_t>(std::ceil(square)), 1, count);
}

int64_t chosen_scale(const TokenShape& shape, int64_t scale) {
  const int64_t longer = std::max(shape.height, shape.width);
  return scale > 0 ? scale : (kVisibleSide + longer - 1) / longer;
}

}  // namespace

torch::Tensor tokens_to_images(const torch::Tensor& tokens, const TokenShape& shape, int64_t vocab_size) {
  require(vocab_size >= 2, "vocab_size is ", vocab_size, ", want 2 or more");
  require(shape.height >= 1 && shape.width >= 1 && (shape.channels == 1 || shape.channels == 3), "an image of ",
          shape.height, " x ", shape.width, " x ", shape.channels, ", want 1 or 3 channels");
  require(tokens.defined() && tokens.dim() == 2 && tokens.device().is_cpu() &&
              at::isIntegralType(tokens.scalar_type(), /*includeBool=*/false) && tokens.size(0) >= 1 &&
              tokens.size(1) == shape.length(),
          "tokens are not integers [N, ", shape.length(), "] on the CPU with N >= 1");
  const auto values = tokens.to(torch::kInt64);
  require((values >= 0).logical_and(values < vocab_size).all().item<bool>(), "tokens have values outside 0 .. ",
          vocab_size - 1);
  const auto levels = (values * 255 + (vocab_size - 1) / 2).div(vocab_size - 1, "floor");
  return levels.to(torch::kUInt8).view({tokens.size(0), shape.height, shape.width, shape.channels});
}

Pixels pixels_of(const torch::Tensor& image) {
  require(image.defined() && image.dim() == 3 && image.scalar_type() == torch::kUInt8 && image.device().is_cpu(),
          "image is not a uint8 tensor [H, W, C] on the CPU");
  const auto whole = image.contiguous();
  const auto* first = whole.const_data_ptr<uint8_t>();
  return {image.size(0), image.size(1), image.size(2), {first, first + whole.numel()}};
}

Pixels image_grid(const torch::Tensor& tokens, const TokenShape& shape, const ImageGridOptions& options) {
  require(options.columns >= 0 && options.rows >= 0 && options.scale >= 0 && options.gap >= 0,
          "columns, rows, scale or gap is negative");
  require(options.columns == 0 || options.rows == 0, "columns is ", options.columns, " and rows is ", options.rows,
          ", want one of them to be 0");
  const auto images = tokens_to_images(tokens, shape, options.vocab_size);
  const int64_t count = images.size(0);
  const bool by_column = options.rows > 0;
  // A line is a row, or a column if images go down.
  const int64_t in_line = by_column ? std::min(options.rows, count) : chosen_columns(count, shape, options.columns);
  const int64_t lines = (count + in_line - 1) / in_line;
  const int64_t columns = by_column ? lines : in_line;
  const int64_t rows = by_column ? in_line : lines;
  const int64_t scale = chosen_scale(shape, options.scale);
  require(scale <= kMaxSide && options.gap <= kMaxSide && columns <= kMaxSide && rows <= kMaxSide &&
              rows * (shape.height * scale + options.gap) - options.gap <= kMaxSide &&
              columns * (shape.width * scale + options.gap) - options.gap <= kMaxSide,
          "a grid of ", rows, " x ", columns, " images at scale ", scale, " has a side of more than ", kMaxSide,
          " pixels");
  const auto large = images.repeat_interleave(scale, 1).repeat_interleave(scale, 2);
  const int64_t height = large.size(1);
  const int64_t width = large.size(2);
  auto grid = torch::full(
      {rows * (height + options.gap) - options.gap, columns * (width + options.gap) - options.gap, shape.channels},
      options.background, torch::kUInt8);
  for (int64_t i = 0; i < count; ++i) {
    const int64_t row = by_column ? i % in_line : i / in_line;
    const int64_t column = by_column ? i / in_line : i % in_line;
    grid.narrow(0, row * (height + options.gap), height)
        .narrow(1, column * (width + options.gap), width)
        .copy_(large[i]);
  }
  return pixels_of(grid);
}

}  // namespace veil::io
