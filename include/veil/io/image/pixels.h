#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "veil/data/token_shape.h"

namespace veil::io {

/// One image: 8 bits a channel, rows from the top, the channels of a pixel side by side.
struct Pixels {
  int64_t height = 0;
  int64_t width = 0;
  int64_t channels = 0;         ///< 1 (grey) or 3 (red, green, blue)
  std::vector<uint8_t> values;  ///< [height, width, channels]

  [[nodiscard]] TokenShape shape() const { return {height, width, channels}; }
  [[nodiscard]] bool operator==(const Pixels&) const = default;
};

/// "64x64x3".
[[nodiscard]] inline std::string shape_text(const TokenShape& shape) {
  return std::to_string(shape.height) + "x" + std::to_string(shape.width) + "x" + std::to_string(shape.channels);
}

}  // namespace veil::io
