#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "veil/io/image/pixels.h"

namespace veil::io {

struct DecodedImage {
  Pixels pixels;                         ///< upright, whatever the file's EXIF orientation says
  std::vector<std::string> conversions;  ///< what was changed on the way, in words to be counted
};

/// Decodes one image file held in memory: PNG, JPEG, WebP, BMP, GIF, PNM or TGA, told by its content. The only way by
/// which veil turns image files into pixels.
///
/// Converted, and said in `conversions`:
///   palette to colour / palette to grey   the latter if every entry is grey: BMP and GIF store grey images so
///   16 bits to 8                          to the nearest
///   levels stretched to 0 .. 255          of a PNM file that names another brightest value
///   opaque alpha dropped                  a channel of transparency that says nothing
///   transparency over white
///   CMYK to colour                        without a colour profile
///   turned as EXIF says
/// Grey stays one channel. Gamma and colour profiles are not applied.
///
/// Refused with DataError, whose message is the reason alone, to be put behind a path: what is empty, no image, cut or
/// damaged anywhere that its format lets one see, animated, of a rare kind (compressed BMP, PAM), larger than
/// 67,108,864 pixels or 16,384 on a side, a PNG with a side chunk above 8 MiB, a JPEG of more than 100 scans. Nothing
/// is ever returned half-decoded. Memory: at most a few times the decoded size, which is checked first. May be called
/// from many threads.
[[nodiscard]] DecodedImage decode_image(std::span<const uint8_t> bytes);

/// "PNG", "JPEG", "WebP", "BMP", "GIF", "PNM", by the first bytes (12 are enough); empty for anything else, TGA among
/// it, which has no mark.
[[nodiscard]] std::string_view image_format(std::span<const uint8_t> start);

/// True if the first bytes are those of an image, of one that is not read (TIFF, AVIF, HEIF, JPEG XL) too. TGA has no
/// mark, so it is not among them.
[[nodiscard]] bool begins_like_image(std::span<const uint8_t> start);

}  // namespace veil::io
