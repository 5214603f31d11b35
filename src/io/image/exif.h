#pragma once

#include <cstdint>
#include <span>

#include "veil/io/image/pixels.h"

namespace veil::io {

/// The orientation, 1 to 8, that EXIF data give (a TIFF block, with or without "Exif\0\0" in front); 1, upright, if
/// they give none or are damaged: that spoils no pixel.
[[nodiscard]] int exif_orientation(std::span<const uint8_t> bytes);

/// Turns and mirrors the image upright, as the EXIF standard's tag 274 says. 1 leaves it as it is.
void apply_orientation(Pixels& image, int orientation);

}  // namespace veil::io
