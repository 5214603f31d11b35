#include "io/dataset/compressor_sample.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <numeric>
#include <utility>

#include "base/all_cores.h"
#include "base/statistics.h"
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
  for (const auto& image : block) {
    if (is_sampled(seen_++, total_, kMostImages) && candidates_++ % step_ == 0) {
      images_.push_back(part_of(image.pixels));
      is_any_cut_ |= images_.back().shape() != image.pixels.shape();
      pixels_ += images_.back().height * images_.back().width;
      while (pixels_ > kPixels && std::ssize(images_) >= 2 * kLeastImages) {
        thin();
      }
    }
  }
}

// Every other one stays, now and of those to come: so they lie at even distances whatever their sizes are.
void CompressorSample::thin() {
  std::vector<Pixels> kept;
  pixels_ = 0;
  for (size_t i = 0; i < images_.size(); i += 2) {
    pixels_ += images_[i].height * images_[i].width;
    kept.push_back(std::move(images_[i]));
  }
  images_ = std::move(kept);
  step_ *= 2;
}

CompressorFigures CompressorSample::figures() const {
  std::vector<Sizes> sizes(images_.size());
  std::atomic<size_t> next{0};
  on_all_cores([&] {
    for (size_t i = next++; i < images_.size(); i = next++) {
      sizes[i] = sizes_of(images_[i]);
    }
  });
  CompressorFigures figures{.images = std::ssize(images_), .largest_side = is_any_cut_ ? kMostSide : 0};
  std::vector<double> values;
  for (const auto& image : images_) {
    values.push_back(static_cast<double>(image.values.size()));
  }
  const double all_values = std::accumulate(values.begin(), values.end(), 0.0);
  const double left = 1.0 - static_cast<double>(images_.size()) / static_cast<double>(std::max<int64_t>(seen_, 1));
  for (size_t i = 0; i < kCompressors.size(); ++i) {
    if (has_compressor(kCompressors[i]) && !images_.empty()) {
      std::vector<double> bits;
      for (const auto& each : sizes) {
        bits.push_back(8.0 * static_cast<double>(each[i]));
      }
      const double all_bits = std::accumulate(bits.begin(), bits.end(), 0.0);
      const double error = left > 0.0 ? ratio_of_means(bits, values).standard_error * std::sqrt(left) : 0.0;
      figures.bits_per_dim.push_back({compressor_name(kCompressors[i]), all_bits / all_values, error});
    }
  }
  return figures;
}

}  // namespace veil::io
