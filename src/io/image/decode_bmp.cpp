#include <algorithm>
#include <cstdlib>
#include <utility>

#include "io/file/byte_order.h"
#include "io/image/decoders.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kFileHeader = 14;
constexpr size_t kShortestInfo = 40;  // of Windows; those of OS/2 with 12 bytes are refused
constexpr size_t kPhotoshopInfo = 56;
constexpr size_t kAlphaInfo = 108;  // those from here on say where transparency is, if anywhere
constexpr size_t kLongestInfo = 124;
constexpr uint32_t kUncompressed = 0;
constexpr uint32_t kBitFields = 3;

struct Bmp {
  int64_t width = 0;
  int64_t height = 0;
  size_t bits = 0;    // of a pixel
  size_t offset = 0;  // of the first row
  bool has_alpha = false;
  std::span<const uint8_t> palette;  // four bytes an entry: blue, green, red, nothing

  [[nodiscard]] size_t row_bytes() const { return (static_cast<size_t>(width) * bits + 31) / 32 * 4; }
  [[nodiscard]] bool has_palette() const { return bits <= 8; }
};

Bmp read_header(std::span<const uint8_t> bytes) {
  require<DataError>(bytes.size() >= kFileHeader + kShortestInfo, "the BMP data end early");
  const size_t info = little_endian(bytes, 14, 4);
  const auto compression = little_endian(bytes, 30, 4);
  require<DataError>(compression == kUncompressed || compression == kBitFields,
                     "a compressed BMP, which is not read (method ", compression, ")");
  const bool is_known = info == kShortestInfo || info == kAlphaInfo || info == kLongestInfo ||
                        (info == kPhotoshopInfo && compression == kUncompressed);
  require<DataError>(is_known && bytes.size() >= kFileHeader + info, "a BMP of a kind that is not read (header of ",
                     info, " bytes)");
  Bmp bmp{.width = static_cast<int32_t>(little_endian(bytes, 18, 4)),
          .height = std::abs(int64_t{static_cast<int32_t>(little_endian(bytes, 22, 4))}),
          .bits = little_endian(bytes, 28, 2),
          .offset = little_endian(bytes, 10, 4),
          .has_alpha = compression == kBitFields && info >= kAlphaInfo && little_endian(bytes, 66, 4) != 0,
          .palette = {}};
  constexpr size_t kDepths[] = {1, 4, 8, 16, 24, 32};
  require<DataError>(std::find(std::begin(kDepths), std::end(kDepths), bmp.bits) != std::end(kDepths), "a BMP of ",
                     bmp.bits, " bits a pixel, want 1, 4, 8, 16, 24 or 32");
  check_image_size(bmp.width, bmp.height);
  const size_t headers = kFileHeader + info;
  require<DataError>(bmp.offset >= headers, "the BMP data are damaged (pixels inside of the header)");
  const size_t want = bmp.offset + bmp.row_bytes() * static_cast<size_t>(bmp.height);
  require<DataError>(bytes.size() >= want, "the BMP data end early");
  if (bmp.has_palette()) {
    bmp.palette = bytes.subspan(headers, bmp.offset - headers);
  }
  return bmp;
}

// stb_image reads memory that nobody wrote where a pixel names an entry behind the palette's end.
void check_entries(std::span<const uint8_t> bytes, const Bmp& bmp) {
  const size_t entries = bmp.palette.size() / 4;
  const size_t per_byte = 8 / bmp.bits;
  for (size_t y = 0; y < static_cast<size_t>(bmp.height); ++y) {
    const auto row = bytes.subspan(bmp.offset + y * bmp.row_bytes(), bmp.row_bytes());
    for (size_t x = 0; x < static_cast<size_t>(bmp.width); ++x) {
      const size_t shift = 8 - bmp.bits - x % per_byte * bmp.bits;
      const size_t entry = row[x / per_byte] >> shift & ((1U << bmp.bits) - 1);
      require<DataError>(entry < entries, "the BMP data are damaged (a pixel of colour ", entry, ", the palette has ",
                         entries, ")");
    }
  }
}

}  // namespace

DecodedImage decode_bmp(std::span<const uint8_t> bytes) {
  const auto bmp = read_header(bytes);
  if (bmp.has_palette()) {
    check_entries(bytes, bmp);
  }
  auto values = stb_pixels(bytes, bmp.width, bmp.height, bmp.has_alpha ? 4 : 3);
  DecodedImage image;
  if (bmp.has_alpha) {
    image.pixels = without_alpha(bmp.height, bmp.width, 3, std::move(values), image.conversions);
  } else {
    image.pixels = {.height = bmp.height, .width = bmp.width, .channels = 3, .values = std::move(values)};
  }
  if (bmp.has_palette()) {
    convert_palette(image, bmp.palette, 4);
  }
  return image;
}

}  // namespace veil::io
