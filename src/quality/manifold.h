#pragma once

#include <vector>

#include "base/torch.h"
#include "quality/resamples.h"
#include "veil/quality/quality.h"

namespace veil {

/// Precision and recall of Kynkäänniemi et al., "Improved Precision and Recall Metric for Assessing Generative Models"
/// (2019), in a space of features: the share of images that lie in a ball around a training image, and the share of
/// training images that lie in a ball around one of the images; a ball reaches to the 5th neighbour among its own kind,
/// and its edge belongs to it. Intervals are those of shares with the other set given.
///
/// pooled: float [2n, F]; reference: float [m, F]; n, m above 5.
[[nodiscard]] std::vector<QualityFigure> precision_and_recall(const torch::Tensor& pooled,
                                                              const torch::Tensor& reference,
                                                              const Resamples& resamples, const Tick& tick);

}  // namespace veil
