#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "veil/io/image/pixels.h"

namespace veil::io {

/// Lossless image formats, to be compared with what a model needs.
enum class Compressor { kPng, kWebP, kJpegXl };

/// All of them, in the order in which they are shown.
inline constexpr std::array kCompressors{Compressor::kPng, Compressor::kWebP, Compressor::kJpegXl};

/// "PNG", "WebP lossless", "JPEG XL".
[[nodiscard]] const char* compressor_name(Compressor compressor);

/// Whether this build can encode with it: kJpegXl only if libjxl was there when it was configured.
[[nodiscard]] bool has_compressor(Compressor compressor);

/// The bytes of a file that holds the image without loss, headers and all; nullopt if has_compressor says no. PNG:
/// libpng at level 9 with its choice of filters. WebP: lossless, quality 100, method 6; grey is stored as three equal
/// channels. JPEG XL: effort 7. Takes up to a second a megapixel. Throws InvalidArgument if `image` contradicts itself
/// or is larger than 16,383 on a side, the most that WebP holds.
[[nodiscard]] std::optional<int64_t> compressed_size(const Pixels& image, Compressor compressor);

}  // namespace veil::io
