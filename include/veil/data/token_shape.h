#pragma once

#include <cstdint>

namespace veil {

/// How a flat token sequence of length L is to be read. Image: H, W, C in that order (token index = (y*W + x)*C + c),
/// L = H*W*C. Text: height 1, width L, channels 1.
struct TokenShape {
  int64_t height = 1;
  int64_t width = 0;
  int64_t channels = 1;

  [[nodiscard]] int64_t length() const { return height * width * channels; }
  [[nodiscard]] bool operator==(const TokenShape&) const = default;
};

}  // namespace veil
