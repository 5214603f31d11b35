#pragma once

#include "base/torch.h"
#include "quality/figure.h"
#include "quality/resamples.h"

namespace veil {

/// The squared Fréchet distance of the normal distributions with the means and covariances of two sets of features
/// (Dowson and Landau 1982; Heusel et al. 2017): |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)), covariances with N - 1.
/// It grows as images get fewer, whatever they are. pooled: [2n, F]; reference: [N, F].
///
/// Divisions are looked at one by one and no more once 10 are as extreme as what is observed, at most 499: the p value
/// is then 10 / divisions looked at (Besag and Clifford 1991). With more than 256 features it is not tested, and 10
/// bootstraps make the intervals: a division takes seconds there.
[[nodiscard]] QualityFigure frechet_figure(const FigureText& text, const torch::Tensor& pooled,
                                           const torch::Tensor& reference, const Resamples& resamples,
                                           const Tick& tick);

/// The distance of two sets alone: [n, F], [N, F], both of at least 2 rows.
[[nodiscard]] double frechet_distance(const torch::Tensor& features, const torch::Tensor& reference);

}  // namespace veil
