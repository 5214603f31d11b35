#pragma once

#include <cstdint>
#include <vector>

#include "veil/io/image/pixels.h"

namespace veil::io {

/// Lossless files of an image that is consistent in itself. They throw std::runtime_error if the library fails.
[[nodiscard]] std::vector<uint8_t> encode_smallest_png(const Pixels& image);
[[nodiscard]] std::vector<uint8_t> encode_lossless_webp(const Pixels& image);
[[nodiscard]] std::vector<uint8_t> encode_lossless_jxl(const Pixels& image);  ///< only built where libjxl is

}  // namespace veil::io
