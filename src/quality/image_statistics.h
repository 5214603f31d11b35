#pragma once

#include "base/torch.h"

namespace veil {

/// Simple numbers of each image that a classifier may look at: how its values lie in 64 equal ranges, and how often the
/// difference to the next pixel to the right and below is 0, 1 … 5 or lies between 6, 10, 16, 32, 64 and 256, for each
/// channel. uint8 [N, H, W, C] → float [N, 86 C].
[[nodiscard]] torch::Tensor image_statistics(const torch::Tensor& images);

}  // namespace veil
