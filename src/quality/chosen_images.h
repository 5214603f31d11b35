#pragma once

#include <vector>

#include "base/torch.h"
#include "quality/noise_tensors.h"
#include "veil/data/dataset.h"

namespace veil {

/// Examples of a data set as images: uint8 [n, H, W, C].
[[nodiscard]] torch::Tensor images_of(const Dataset& dataset, const std::vector<int64_t>& indices);

/// The part of a data set of `count` examples (part_of_split), in a random order. `choice` tells sets apart.
[[nodiscard]] std::vector<int64_t> shuffled_part(const Dataset& dataset, int64_t count, uint64_t seed, uint64_t choice);

}  // namespace veil
