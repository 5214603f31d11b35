#pragma once

#include <cstdint>
#include <vector>

namespace veil::io {

/// One image: 8 bits a channel, rows from the top, the channels of a pixel side by side.
struct Pixels {
  int64_t height = 0;
  int64_t width = 0;
  int64_t channels = 0;         ///< 1 (grey) or 3 (red, green, blue)
  std::vector<uint8_t> values;  ///< [height, width, channels]

  [[nodiscard]] bool operator==(const Pixels&) const = default;
};

}  // namespace veil::io
