#pragma once

#include <vector>

#include "base/torch.h"
#include "quality/resamples.h"
#include "veil/quality/quality.h"

namespace veil {

/// The sliced Wasserstein distance of patches on each level of a Laplacian pyramid (Rabin et al. 2011; Karras et al.
/// 2018): the mean over 32 directions of the 1-Wasserstein distance between projections of patches of 7 x 7, at up to
/// 64 places of the level, in grey levels. One figure a level, from the finest to the coarsest. Projections are rounded
/// to 128 values between five standard deviations of those of the reference; as patches are not scaled by their own
/// set's spread, a set that has more or less contrast differs.
///
/// pooled: uint8 [2n, H, W, C]; reference: uint8 [N, H, W, C].
[[nodiscard]] std::vector<QualityFigure> sliced_wasserstein(const torch::Tensor& pooled, const torch::Tensor& reference,
                                                            const Resamples& resamples, uint64_t seed,
                                                            const Tick& tick);

}  // namespace veil
