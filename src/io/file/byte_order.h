#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace veil::io {

/// The number that `width` bytes say, the lowest first, as in BMP, GIF, TGA, WebP and HDF5. The bytes must be there.
template <typename Integer = uint32_t>
[[nodiscard]] Integer little_endian(std::span<const uint8_t> bytes, size_t at, size_t width = sizeof(Integer)) {
  Integer value = 0;
  for (size_t i = width; i > 0; --i) {
    value = value << 8 | bytes[at + i - 1];
  }
  return value;
}

}  // namespace veil::io
