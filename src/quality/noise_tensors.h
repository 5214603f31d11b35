#pragma once

#include <cstdint>

#include "base/torch.h"
#include "veil/base/random.h"

namespace veil {

/// What a random choice of this room is for: the high part of the round of its noise. Never reuse or change one.
enum class QualityNoise : uint64_t {
  kOrder = 1,      ///< of the images that are compared
  kDivision = 2,   ///< of samples and real images in two halves
  kResample = 3,   ///< bootstrap
  kDirection = 4,  ///< of projections of patches
  kPlace = 5,      ///< of patches in an image
  kFilter = 6,     ///< of the fixed convolutions
};

/// The round of the noise for the choice number `index`, below 2^32.
[[nodiscard]] constexpr uint64_t quality_round(QualityNoise choice, uint64_t index) {
  return static_cast<uint64_t>(choice) << 32 | index;
}

/// Standard normal numbers, double [rows, columns], by Box and Muller.
[[nodiscard]] torch::Tensor normal_numbers(uint64_t seed, uint64_t round, int64_t rows, int64_t columns);

/// Rows of length 1 in directions that are each equally likely, float [rows, columns].
[[nodiscard]] torch::Tensor random_directions(uint64_t seed, uint64_t round, int64_t rows, int64_t columns);

}  // namespace veil
