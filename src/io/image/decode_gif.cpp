#include <algorithm>
#include <array>
#include <utility>

#include "io/file/byte_order.h"
#include "io/image/decoders.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kScreen = 13;      // signature and logical screen
constexpr size_t kDescriptor = 10;  // of an image, with the byte that introduces it
constexpr uint8_t kExtension = 0x21;
constexpr uint8_t kImage = 0x2c;
constexpr uint8_t kTrailer = 0x3b;
constexpr uint32_t kMaxCodes = 4096;

/// Walks through the blocks; every step beyond the end is an error.
class GifBlocks {
 public:
  explicit GifBlocks(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  std::span<const uint8_t> take(size_t count) {
    require<DataError>(bytes_.size() - at_ >= count, "the GIF data end early");
    at_ += count;
    return bytes_.subspan(at_ - count, count);
  }

  uint8_t take_byte() { return take(1)[0]; }

  /// The colours that a byte of flags announces: three bytes each.
  std::span<const uint8_t> take_palette(uint8_t flags) {
    return (flags & 0x80) == 0 ? std::span<const uint8_t>() : take(size_t{3} << ((flags & 7) + 1));
  }

  /// The content of sub-blocks up to the empty one.
  std::vector<uint8_t> take_sub_blocks() {
    std::vector<uint8_t> content;
    for (size_t size = take_byte(); size != 0; size = take_byte()) {
      const auto block = take(size);
      content.insert(content.end(), block.begin(), block.end());
    }
    return content;
  }

 private:
  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
};

/// Bits from the lowest of each byte up.
class BitReader {
 public:
  explicit BitReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  [[nodiscard]] bool has(uint32_t count) const { return 8 * bytes_.size() - at_ >= count; }

  uint32_t take(uint32_t count) {
    uint32_t value = 0;
    for (uint32_t i = 0; i < count; ++i, ++at_) {
      value |= static_cast<uint32_t>(bytes_[at_ / 8] >> at_ % 8 & 1) << i;
    }
    return value;
  }

 private:
  std::span<const uint8_t> bytes_;
  size_t at_ = 0;
};

/// How many pixels LZW data unpack to, up to `wanted`: stb_image leaves those that are missing blank. Throws DataError
/// for a code that was not defined.
int64_t count_pixels(std::span<const uint8_t> data, uint32_t root_bits, int64_t wanted) {
  const uint32_t clear = 1U << root_bits;
  std::array<int32_t, kMaxCodes> lengths{};
  std::fill_n(lengths.begin(), clear, 1);
  uint32_t next = clear + 2;
  uint32_t bits = root_bits + 1;
  int32_t previous = 0;  // length of the last string; 0 behind a clear code
  int64_t found = 0;
  for (BitReader reader(data); found < wanted && reader.has(bits);) {
    const auto code = reader.take(bits);
    if (code == clear + 1) {
      break;
    }
    if (code == clear) {
      next = clear + 2;
      bits = root_bits + 1;
      previous = 0;
      continue;
    }
    require<DataError>(code < next || (code == next && previous > 0 && next < kMaxCodes),
                       "the GIF data are damaged (undefined code)");
    if (previous > 0 && next < kMaxCodes) {
      lengths[next++] = previous + 1;
      bits += static_cast<uint32_t>(next == 1U << bits && bits < 12);
    }
    previous = lengths[code];
    found += previous;
  }
  return found;
}

struct Gif {
  int64_t width = 0;
  int64_t height = 0;
  int64_t images = 0;
  std::span<const uint8_t> palette;
};

void read_image(GifBlocks& blocks, Gif& gif) {
  const auto descriptor = blocks.take(kDescriptor - 1);
  const int64_t width = little_endian(descriptor, 4, 2);
  const int64_t height = little_endian(descriptor, 6, 2);
  const auto palette = blocks.take_palette(descriptor[8]);
  if (!palette.empty()) {
    gif.palette = palette;
  }
  require<DataError>(!gif.palette.empty(), "the GIF data are damaged (no palette)");
  ++gif.images;
  require<DataError>(gif.images == 1, "an animated GIF; want a single image");
  const uint32_t root_bits = blocks.take_byte();
  require<DataError>(root_bits >= 1 && root_bits <= 8, "the GIF data are damaged (codes of ", root_bits, " bits)");
  const auto found = count_pixels(blocks.take_sub_blocks(), root_bits, width * height);
  require<DataError>(width * height > 0 && found >= width * height, "the GIF data are damaged (", found, " of ",
                     width * height, " pixels)");
}

Gif read_blocks(std::span<const uint8_t> bytes) {
  GifBlocks blocks(bytes);
  const auto screen = blocks.take(kScreen);
  Gif gif{.width = little_endian(screen, 6, 2), .height = little_endian(screen, 8, 2), .images = 0, .palette = {}};
  check_image_size(gif.width, gif.height);
  gif.palette = blocks.take_palette(screen[10]);
  for (auto kind = blocks.take_byte(); kind != kTrailer; kind = blocks.take_byte()) {
    require<DataError>(kind == kExtension || kind == kImage, "the GIF data are damaged (unknown block)");
    if (kind == kExtension) {
      blocks.take_byte();
      (void)blocks.take_sub_blocks();
    } else {
      read_image(blocks, gif);
    }
  }
  require<DataError>(gif.images == 1, "a GIF without an image");
  return gif;
}

}  // namespace

DecodedImage decode_gif(std::span<const uint8_t> bytes) {
  const auto gif = read_blocks(bytes);
  auto values = stb_pixels(bytes, gif.width, gif.height, 4);
  DecodedImage image;
  image.pixels = without_alpha(gif.height, gif.width, 3, std::move(values), image.conversions);
  std::erase(image.conversions, kOpaqueAlpha);  // the file has no such channel, stb_image makes it
  convert_palette(image, gif.palette, 3);
  return image;
}

}  // namespace veil::io
