#pragma once

#include <vector>

#include "base/torch.h"

namespace veil {

/// What an image has at each scale and at none coarser: Burt and Adelson, "The Laplacian Pyramid as a Compact Image
/// Code" (1983), with the binomial filter (1 4 6 4 1) / 16 and edges that go on as they end. images: float
/// [B, C, H, W]. Level 0 has the size of the images, each next one half of it (rounded up); the last one is what
/// remains, the small image itself. levels >= 1.
[[nodiscard]] std::vector<torch::Tensor> laplacian_pyramid(const torch::Tensor& images, int64_t levels);

/// Levels whose shorter side is at least `least`; at least 1.
[[nodiscard]] int64_t pyramid_levels(int64_t height, int64_t width, int64_t least);

}  // namespace veil
