#include "io/image/exif.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace veil::io {
namespace {

constexpr size_t kEntryBytes = 12;
constexpr uint32_t kOrientationTag = 0x0112;
constexpr uint32_t kShort = 3;

bool starts_with(std::span<const uint8_t> bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::equal(text.begin(), text.end(), bytes.begin(), [](char c, uint8_t byte) {
           return static_cast<uint8_t>(c) == byte;
         });
}

/// Unsigned numbers of a TIFF block; 0 where it ends.
class TiffBlock {
 public:
  TiffBlock(std::span<const uint8_t> bytes, bool big_endian) : bytes_(bytes), big_endian_(big_endian) {}

  [[nodiscard]] uint32_t number(size_t at, size_t width) const {
    if (at > bytes_.size() || bytes_.size() - at < width) {
      return 0;
    }
    uint32_t value = 0;
    for (size_t i = 0; i < width; ++i) {
      value = value << 8 | bytes_[at + (big_endian_ ? i : width - 1 - i)];
    }
    return value;
  }

 private:
  std::span<const uint8_t> bytes_;
  bool big_endian_;
};

}  // namespace

int exif_orientation(std::span<const uint8_t> bytes) {
  using std::string_view_literals::operator""sv;
  if (starts_with(bytes, "Exif\0\0"sv)) {
    bytes = bytes.subspan(6);
  }
  const bool big_endian = starts_with(bytes, "MM\0*"sv);
  if (!big_endian && !starts_with(bytes, "II*\0"sv)) {
    return 1;
  }
  const TiffBlock block(bytes, big_endian);
  const size_t directory = block.number(4, 4);
  const uint32_t entries = block.number(directory, 2);
  for (uint32_t i = 0; i < entries; ++i) {
    const size_t at = directory + 2 + i * kEntryBytes;
    if (block.number(at, 2) == kOrientationTag) {
      const auto value = block.number(at + 8, 2);
      const bool is_valid = block.number(at + 2, 2) == kShort && value >= 1 && value <= 8;
      return is_valid ? static_cast<int>(value) : 1;
    }
  }
  return 1;
}

void apply_orientation(Pixels& image, int orientation) {
  if (orientation <= 1 || orientation > 8) {
    return;
  }
  // Sides of the stored picture from which its rows and columns are taken.
  const bool transposed = orientation >= 5;
  const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7;
  const bool from_right = orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8;
  Pixels upright{.height = transposed ? image.width : image.height,
                 .width = transposed ? image.height : image.width,
                 .channels = image.channels,
                 .values = std::vector<uint8_t>(image.values.size())};
  auto* out = upright.values.data();
  for (int64_t y = 0; y < upright.height; ++y) {
    for (int64_t x = 0; x < upright.width; ++x) {
      const int64_t row = transposed ? x : y;
      const int64_t column = transposed ? y : x;
      const int64_t from_row = from_bottom ? image.height - 1 - row : row;
      const int64_t from_column = from_right ? image.width - 1 - column : column;
      const auto* in = &image.values[static_cast<size_t>((from_row * image.width + from_column) * image.channels)];
      out = std::copy(in, in + image.channels, out);
    }
  }
  image = std::move(upright);
}

}  // namespace veil::io
