#pragma once

#include <cstdint>

#include "veil/io/image/pixels.h"

namespace veil::io {

enum class ResampleKernel { kBox, kLanczos };

/// The image at another size, to the byte what Pillow's Image.resize makes of it with BOX or LANCZOS: rows first, then
/// columns (Pillow 13 begins with the columns of tall images), each rounded to 8 bits, with weights rounded to
/// multiples of 2^-22. A side that keeps its length is not
/// touched. Time: sides times the width of the kernel, which widens as the image shrinks.
[[nodiscard]] Pixels resample(const Pixels& image, int64_t height, int64_t width, ResampleKernel kernel);

}  // namespace veil::io
