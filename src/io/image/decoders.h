#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "io/image/decode_image.h"

namespace veil::io {

/// What DecodedImage::conversions says.
inline constexpr const char* kPaletteToColour = "palette to colour";
inline constexpr const char* kPaletteToGrey = "palette to grey";
inline constexpr const char* kSixteenBits = "16 bits to 8";
inline constexpr const char* kLevels = "levels stretched to 0 .. 255";
inline constexpr const char* kOpaqueAlpha = "opaque alpha dropped";
inline constexpr const char* kTransparency = "transparency over white";
inline constexpr const char* kCmyk = "CMYK to colour";
inline constexpr const char* kOrientation = "turned as EXIF says";

/// One decoder for each format. All of them throw DataError with the reason alone, check the size before they take
/// memory, and refuse what is cut, damaged or animated.
[[nodiscard]] DecodedImage decode_png(std::span<const uint8_t> bytes);
[[nodiscard]] DecodedImage decode_jpeg(std::span<const uint8_t> bytes);
[[nodiscard]] DecodedImage decode_webp(std::span<const uint8_t> bytes);
[[nodiscard]] DecodedImage decode_bmp(std::span<const uint8_t> bytes);
[[nodiscard]] DecodedImage decode_gif(std::span<const uint8_t> bytes);
[[nodiscard]] DecodedImage decode_pnm(std::span<const uint8_t> bytes);
[[nodiscard]] DecodedImage decode_tga(std::span<const uint8_t> bytes);

/// Whether the bytes begin like a TGA file. There is no magic number: all fields have to be possible.
[[nodiscard]] bool has_tga_header(std::span<const uint8_t> bytes);

/// The pixels that stb_image makes of a BMP, GIF or TGA file with `channels` (1, 3 or 4) a pixel, whose size is known.
/// stb_image fills up files that are cut and does not look at everything: the callers check that all is there.
[[nodiscard]] std::vector<uint8_t> stb_pixels(std::span<const uint8_t> bytes, int64_t width, int64_t height,
                                              int64_t channels);

/// Throws DataError if there are no pixels, or more than decode_image takes.
void check_image_size(int64_t width, int64_t height);

/// An image without its last channel, transparency, and says in `conversions` what became of it.
///   values: [height, width, channels + 1]; channels: 1 or 3
[[nodiscard]] Pixels without_alpha(int64_t height, int64_t width, int64_t channels, std::vector<uint8_t> values,
                                   std::vector<std::string>& conversions);

/// Says in `conversions` what became of a palette, and keeps one channel of the three if all its entries are grey.
///   palette: of `entry_bytes` each, three of which are the colours
void convert_palette(DecodedImage& image, std::span<const uint8_t> palette, size_t entry_bytes);

/// Turns the image upright, and says so, if its EXIF data want that.
void turn_upright(DecodedImage& image, std::span<const uint8_t> exif);

}  // namespace veil::io
