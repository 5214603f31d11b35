#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace veil::io {

/// Planes, one for each channel, as pixels: [C, H, W] to [H, W, C].
[[nodiscard]] std::vector<uint8_t> pixels_of_planes(std::span<const uint8_t> planes, int64_t channels);

/// The way back.
[[nodiscard]] std::vector<uint8_t> planes_of_pixels(std::span<const uint8_t> pixels, int64_t channels);

}  // namespace veil::io
