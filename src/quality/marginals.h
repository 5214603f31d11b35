#pragma once

#include <vector>

#include "base/torch.h"
#include "quality/resamples.h"
#include "veil/quality/quality.h"

namespace veil {

/// Three figures, each a 1-Wasserstein distance in grey levels: between the values of all pixels (mean over channels),
/// between the differences of neighbouring pixels in a row or a column (mean over channels), and between the images'
/// own spreads: for each two channels a and b of an image, the same or not, sign(cov) sqrt(|cov|) of the covariance
/// over its pixels (mean over pairs). The first two are exact, the last is rounded to 256 values.
///
/// pooled: uint8 [2n, H, W, C]; reference: uint8 [N, H, W, C].
[[nodiscard]] std::vector<QualityFigure> marginal_distances(const torch::Tensor& pooled, const torch::Tensor& reference,
                                                            const Resamples& resamples, const Tick& tick);

}  // namespace veil
