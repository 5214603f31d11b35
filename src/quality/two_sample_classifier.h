#pragma once

#include "base/torch.h"
#include "veil/quality/quality.h"

namespace veil {

/// A classifier two-sample test (Lopez-Paz and Oquab 2017): how often a classifier that saw one half of samples and
/// training images tells those of the other half apart; 50 % is chance. The classifier is linear: least squares on
/// standardised features, with a ridge of 0.01 of their variance (Fisher's discriminant). The interval is exact with
/// the classifier given.
///
/// samples, real, training: float [n, F], in a random order, n >= 4. The p value is the larger one of two: that the
/// samples are told from training images so well by chance (binomial, exact), and that they are told so much better
/// than real images are, by a classifier of their own (normal approximation, with the classifiers given).
[[nodiscard]] QualityFigure classifier_figure(const torch::Tensor& samples, const torch::Tensor& real,
                                              const torch::Tensor& training);

}  // namespace veil
