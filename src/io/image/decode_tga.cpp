#include <utility>

#include "io/file/byte_order.h"
#include "io/image/decoders.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kHeader = 18;
constexpr uint32_t kPalette = 1;  // kinds of image; 8 more if run-length encoded
constexpr uint32_t kColour = 2;
constexpr uint32_t kGrey = 3;
constexpr uint32_t kRunLength = 8;
constexpr uint32_t kRightToLeft = 0x10;

struct Tga {
  uint32_t kind = 0;
  bool is_packed = false;
  int64_t width = 0;
  int64_t height = 0;
  uint32_t bits = 0;  // of a pixel
  uint32_t flags = 0;
  size_t palette_start = 0;
  size_t palette_length = 0;
  uint32_t palette_bits = 0;
  size_t palette_at = 0;

  [[nodiscard]] size_t pixels() const { return static_cast<size_t>(width * height); }
  [[nodiscard]] size_t pixel_bytes() const { return (bits + 7) / 8; }
  [[nodiscard]] size_t data_at() const { return palette_at + palette_length * ((palette_bits + 7) / 8); }
  [[nodiscard]] int64_t channels() const { return kind == kGrey ? 1 : 3; }
  [[nodiscard]] bool has_alpha_channel() const {
    return kind == kGrey ? bits == 16 : (kind == kPalette ? palette_bits : bits) == 32;
  }
  [[nodiscard]] bool says_alpha() const { return (flags & 15) != 0; }
};

Tga read_header(std::span<const uint8_t> bytes) {
  const auto kind = little_endian(bytes, 2, 1);
  Tga tga{.kind = kind & ~kRunLength,
          .is_packed = (kind & kRunLength) != 0,
          .width = little_endian(bytes, 12, 2),
          .height = little_endian(bytes, 14, 2),
          .bits = little_endian(bytes, 16, 1),
          .flags = little_endian(bytes, 17, 1)};
  if (little_endian(bytes, 1, 1) == 1) {
    tga.palette_start = little_endian(bytes, 3, 2);
    tga.palette_length = little_endian(bytes, 5, 2);
    tga.palette_bits = little_endian(bytes, 7, 1);
  }
  tga.palette_at = kHeader + little_endian(bytes, 0, 1);
  return tga;
}

bool is_possible(const Tga& tga) {
  const bool is_direct = tga.palette_length == 0;
  const bool has_colour_bits = tga.bits == 15 || tga.bits == 16 || tga.bits == 24 || tga.bits == 32;
  const bool fits = (tga.kind == kPalette && !is_direct && tga.bits == 8 &&
                     (tga.palette_bits == 24 || tga.palette_bits == 32 || tga.palette_bits == 16)) ||
                    (tga.kind == kColour && is_direct && has_colour_bits) ||
                    (tga.kind == kGrey && is_direct && (tga.bits == 8 || tga.bits == 16));
  return fits && tga.width > 0 && tga.height > 0 && (tga.flags & 0xc0) == 0;
}

// Where the pixels end that run-length packets of `bytes` stand for; more than there are bytes if these end early.
size_t end_of_packets(std::span<const uint8_t> bytes, const Tga& tga) {
  size_t at = tga.data_at();
  for (size_t found = 0; found < tga.pixels();) {
    if (at >= bytes.size()) {
      return bytes.size() + 1;
    }
    const size_t count = (bytes[at] & 127U) + 1;
    at += 1 + ((bytes[at] & 128U) != 0 ? 1 : count) * tga.pixel_bytes();
    found += count;
  }
  return at;
}

// stb_image takes the first colour for those that the palette lacks.
void check_entries(std::span<const uint8_t> data, const Tga& tga) {
  require<DataError>(!tga.is_packed && tga.palette_start == 0, "a TGA with a palette of a kind that is not read");
  for (const auto entry : data.first(tga.pixels())) {
    require<DataError>(entry < tga.palette_length, "the TGA data are damaged (a pixel of colour ", int{entry},
                       ", the palette has ", tga.palette_length, ")");
  }
}

}  // namespace

bool has_tga_header(std::span<const uint8_t> bytes) {
  return bytes.size() >= kHeader && bytes[1] <= 1 && bytes[2] <= (kGrey | kRunLength) &&
         is_possible(read_header(bytes));
}

DecodedImage decode_tga(std::span<const uint8_t> bytes) {
  const auto tga = read_header(bytes);
  check_image_size(tga.width, tga.height);
  const size_t end = tga.is_packed ? end_of_packets(bytes, tga) : tga.data_at() + tga.pixels() * tga.pixel_bytes();
  require<DataError>(end <= bytes.size(), "the TGA data end early, or it is no image: a TGA file has no mark");
  require<DataError>((tga.flags & kRightToLeft) == 0, "a TGA stored from right to left, which is not read");
  if (tga.kind == kPalette) {
    check_entries(bytes.subspan(tga.data_at()), tga);
  }
  const int64_t channels = tga.channels() + (tga.has_alpha_channel() ? 1 : 0);
  auto values = stb_pixels(bytes, tga.width, tga.height, channels);
  DecodedImage image;
  if (tga.kind == kPalette) {
    image.conversions.emplace_back(kPaletteToColour);
  }
  if (tga.has_alpha_channel()) {
    if (!tga.says_alpha()) {  // the fourth byte is padding
      for (size_t i = static_cast<size_t>(channels) - 1; i < values.size(); i += static_cast<size_t>(channels)) {
        values[i] = 255;
      }
    }
    image.pixels = without_alpha(tga.height, tga.width, tga.channels(), std::move(values), image.conversions);
  } else {
    image.pixels = {.height = tga.height, .width = tga.width, .channels = tga.channels(), .values = std::move(values)};
  }
  return image;
}

}  // namespace veil::io
