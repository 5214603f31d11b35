#include "io/image/compressor_bits.h"

#include <algorithm>
#include <atomic>
#include <limits>

#include "base/all_cores.h"
#include "io/image/compressed_size.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr int64_t kMostSide = 16383;                // of WebP
constexpr int64_t kMostPixels = int64_t{16} << 20;  // of one picture
constexpr size_t kBlock = 64;                       // images between two looks at a signal

// The most columns up to the square root that leave no place empty.
int64_t columns_for(int64_t count) {
  int64_t columns = 1;
  for (int64_t divisor = 1; divisor * divisor <= count; ++divisor) {
    columns = count % divisor == 0 ? divisor : columns;
  }
  return columns;
}

bool fits(const std::vector<Pixels>& images) {
  const auto count = std::ssize(images);
  const auto& first = images.front();
  const int64_t columns = columns_for(count);
  return columns * first.width <= kMostSide && count / columns * first.height <= kMostSide &&
         count * first.width * first.height <= kMostPixels;
}

double bits_of(const Pixels& image, Compressor compressor) {
  return 8.0 * static_cast<double>(compressed_size(image, compressor).value()) /
         static_cast<double>(image.values.size());
}

// The images [begin, end) with one compressor.
void measure(const std::vector<Pixels>& images, size_t begin, size_t end, Compressor compressor,
             std::vector<double>& bits) {
  std::atomic<size_t> next{begin};
  on_all_cores([&] {
    for (size_t i = next++; i < end; i = next++) {
      bits[i] = bits_of(images[i], compressor);
    }
  });
}

}  // namespace

Pixels mosaic_of(const std::vector<Pixels>& images) {
  const auto& first = images.front();
  const int64_t columns = columns_for(std::ssize(images));
  const int64_t rows = std::ssize(images) / columns;
  Pixels mosaic;
  mosaic.height = rows * first.height;
  mosaic.width = columns * first.width;
  mosaic.channels = first.channels;
  const int64_t line = first.width * first.channels;
  for (int64_t y = 0; y < mosaic.height; ++y) {
    for (int64_t column = 0; column < columns; ++column) {
      const auto& image = images[static_cast<size_t>(y / first.height * columns + column)];
      const auto begin = image.values.begin() + y % first.height * line;
      mosaic.values.insert(mosaic.values.end(), begin, begin + line);
    }
  }
  return mosaic;
}

std::vector<CompressorBits> compressor_bits(const std::vector<Pixels>& images,
                                            const std::function<void(int64_t, int64_t)>& progress) {
  require(!images.empty(), "there are no images to compress");
  for (const auto& image : images) {
    require(image.shape() == images.front().shape(), "images of ", shape_text(image.shape()), " and of ",
            shape_text(images.front().shape()), " are to be compressed together");
  }
  const auto compressors = std::count_if(kCompressors.begin(), kCompressors.end(), has_compressor);
  const int64_t total = 2 * compressors * std::ssize(images);
  int64_t done = 0;
  const auto advance = [&](size_t count) {
    done += static_cast<int64_t>(count);
    if (progress) {
      progress(done, total);
    }
  };
  std::vector<CompressorBits> found;
  const Pixels mosaic = fits(images) ? mosaic_of(images) : Pixels{};
  for (const auto compressor : kCompressors) {
    if (!has_compressor(compressor)) {
      continue;
    }
    CompressorBits figures;
    figures.name = compressor_name(compressor);
    figures.each.resize(images.size());
    for (size_t begin = 0; begin < images.size(); begin += kBlock) {
      const size_t end = std::min(begin + kBlock, images.size());
      measure(images, begin, end, compressor, figures.each);
      advance(end - begin);
    }
    figures.together = mosaic.values.empty() ? std::numeric_limits<double>::quiet_NaN() : bits_of(mosaic, compressor);
    advance(images.size());
    found.push_back(std::move(figures));
  }
  return found;
}

}  // namespace veil::io
