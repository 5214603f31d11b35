#pragma once

#include <cstdint>
#include <vector>

#include "veil/io/image/png_file.h"

namespace veil::io {

struct AnimationFrame {
  Pixels image;
  int64_t milliseconds = 100;  ///< that it is shown, 1 .. 65535
};

/// An animated PNG (APNG 1.0: acTL, fcTL and fdAT chunks) of the frames in their order, again and again. The still
/// picture, which programs without animation show, is the last frame. The same input gives the same bytes. Throws
/// InvalidArgument as encode_png does, where there is no frame, where frames differ in shape, or for another duration.
[[nodiscard]] std::vector<uint8_t> encode_animated_png(const std::vector<AnimationFrame>& frames,
                                                       const PngText& text = {});

}  // namespace veil::io
