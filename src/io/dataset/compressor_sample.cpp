#include "io/dataset/compressor_sample.h"

#include <algorithm>
#include <array>
#include <atomic>

#include "base/all_cores.h"
#include "veil/io/image/fit_image.h"

namespace veil::io {
namespace {

constexpr int64_t kMostImages = 500;
constexpr int64_t kLeastImages = 32;
constexpr int64_t kPixels = int64_t{1} << 21;  // that all of them should have about
constexpr int64_t kMostSide = 256;

using Sizes = std::array<int64_t, kCompressors.size()>;

Pixels part_of(const Pixels& image) {
  return centre_of(image, std::min(image.height, kMostSide), std::min(image.width, kMostSide));
}

Sizes sizes_of(const Pixels& image) {
  Sizes sizes{};
  for (size_t i = 0; i < sizes.size(); ++i) {
    sizes[i] = compressed_size(image, kCompressors[i]).value_or(0);
  }
  return sizes;
}

}  // namespace

bool is_sampled(int64_t seen, int64_t total, int64_t wanted) {
  return total <= wanted || seen * wanted / total != (seen + 1) * wanted / total;
}

void CompressorSample::add(const std::vector<PreparedImage>& block) {
  if (wanted_ == 0) {
    const auto& first = block.front().pixels;
    const auto pixels = std::min(first.height, kMostSide) * std::min(first.width, kMostSide);
    wanted_ = std::clamp(kPixels / pixels, kLeastImages, kMostImages);
  }
  std::vector<Pixels> images;
  for (const auto& image : block) {
    if (is_sampled(seen_++, total_, wanted_)) {
      images.push_back(part_of(image.pixels));
      is_any_cut_ |= images.back().shape() != image.pixels.shape();
      values_ += static_cast<int64_t>(images.back().values.size());
    }
  }
  if (images.empty()) {
    return;  // of most blocks of a large set
  }
  std::vector<Sizes> sizes(images.size());
  std::atomic<size_t> next{0};
  on_all_cores([&] {
    for (size_t i = next++; i < images.size(); i = next++) {
      sizes[i] = sizes_of(images[i]);
    }
  });
  taken_ += std::ssize(images);
  for (const auto& each : sizes) {
    for (size_t i = 0; i < each.size(); ++i) {
      bytes_[kCompressors[i]] += each[i];
    }
  }
}

CompressorFigures CompressorSample::figures() const {
  CompressorFigures figures{.images = taken_, .largest_side = is_any_cut_ ? kMostSide : 0};
  for (const auto compressor : kCompressors) {
    if (has_compressor(compressor) && values_ > 0) {
      figures.bits_per_dim.emplace_back(
          compressor_name(compressor), 8.0 * static_cast<double>(bytes_.at(compressor)) / static_cast<double>(values_));
    }
  }
  return figures;
}

}  // namespace veil::io
