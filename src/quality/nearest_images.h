#pragma once

#include <functional>
#include <vector>

#include "base/torch.h"
#include "quality/tick.h"
#include "veil/data/dataset.h"
#include "veil/quality/quality.h"

namespace veil {

/// Called with each block of a data set: uint8 [B, H, W, C] and the index of its first image.
using BlockVisitor = std::function<void(const torch::Tensor&, int64_t)>;

/// The training image nearest to each query, by the root mean square of the differences of pixels, in one pass over the
/// data set; NearestTraining::sample is the row of the query. Images with a side above 32 are compared as means over
/// squares that make it at most 32, the distance that is given is that of the images themselves. Of the data set a
/// block is in memory at a time, which `visit` sees too.
///
/// ratio: the distance over the mean of those to the 50 nearest training images, or all others where there are fewer
/// (Carlini et al., "Extracting Training Data from Diffusion Models", 2023, take below 0.5 for a copy), of the
/// images as they are compared; 1 where that mean is below half a grey level. queries: uint8 [n, H, W, C].
[[nodiscard]] std::vector<NearestTraining> nearest_images(const torch::Tensor& queries, const Dataset& training,
                                                          const BlockVisitor& visit, const Tick& tick);

/// Below it a sample is as good as a copy of its nearest training image.
inline constexpr double kCopyRatio = 0.5;

/// Means over squares, so that no side is above 32: uint8 [n, H, W, C] → float [n, h w C], less 127.5.
[[nodiscard]] torch::Tensor small_rows(const torch::Tensor& images);

}  // namespace veil
