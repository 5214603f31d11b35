#pragma once

#include "base/torch.h"
#include "quality/resamples.h"
#include "veil/quality/quality.h"

namespace veil {

/// How a figure is called, and which way is better.
struct FigureText {
  std::string name;
  std::string title;
  std::string unit{};
  bool is_lower_better = true;
};

/// A figure of groups of images, from its values for all groups, double [resamples.rows()]. The intervals are 1.96
/// standard deviations of the bootstraps to each side, and end at 0 where `is_positive`. The p value is the share of
/// divisions, the observed one among them, with at least as large a difference between the halves, in the direction of
/// worse samples.
[[nodiscard]] QualityFigure figure_of(const FigureText& text, const torch::Tensor& values, const Resamples& resamples,
                                      int64_t reference, bool is_positive = true);

/// The same for a share of the images, with exact intervals in place of bootstraps. hits: bool [2n].
[[nodiscard]] QualityFigure share_figure(const FigureText& text, const torch::Tensor& hits, const Resamples& resamples,
                                         int64_t reference);

/// A value with the interval of 1.96 standard deviations of bootstraps, double [K] with K >= 2, to each side of it.
[[nodiscard]] Measured with_bootstraps(double value, const torch::Tensor& bootstraps, bool is_positive);

/// The p value alone: what figure_of() says of `values`, of which only the divisions are looked at.
[[nodiscard]] double division_p(const torch::Tensor& values, const Resamples& resamples, bool is_lower_better);

/// A figure without values: texts and counts.
[[nodiscard]] QualityFigure empty_figure(const FigureText& text, int64_t images, int64_t reference);

}  // namespace veil
