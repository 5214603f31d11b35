#include "quality/figure.h"

#include <algorithm>
#include <cmath>

#include "quality/intervals.h"

namespace veil {
namespace {

constexpr double kNormalQuantile = 1.959963984540054;
constexpr double kRounding = 1e-9;  // of values: divisions that differ by less are equally extreme

}  // namespace

Measured with_bootstraps(double value, const torch::Tensor& bootstraps, bool is_positive) {
  const double error = kNormalQuantile * bootstraps.std(/*unbiased=*/true).item<double>();
  return {.value = value, .low = is_positive ? std::max(0.0, value - error) : value - error, .high = value + error};
}

QualityFigure empty_figure(const FigureText& text, int64_t images, int64_t reference) {
  QualityFigure figure;
  figure.name = text.name;
  figure.title = text.title;
  figure.unit = text.unit;
  figure.is_lower_better = text.is_lower_better;
  figure.images = images;
  figure.reference = reference;
  return figure;
}

double division_p(const torch::Tensor& values, const Resamples& resamples, bool is_lower_better) {
  const auto all = values.contiguous();
  const auto* value = all.const_data_ptr<double>();
  const double sign = is_lower_better ? 1.0 : -1.0;
  const double observed = sign * (value[0] - value[1]);
  int64_t extreme = 1;
  for (int64_t i = 0; i < resamples.permutations(); ++i) {
    const auto* halves = value + resamples.division_row(i);
    const double scale = std::max({std::abs(value[0]), std::abs(value[1]), std::abs(halves[0]), std::abs(halves[1])});
    extreme += sign * (halves[0] - halves[1]) >= observed - kRounding * scale ? 1 : 0;
  }
  return static_cast<double>(extreme) / static_cast<double>(resamples.permutations() + 1);
}

QualityFigure figure_of(const FigureText& text, const torch::Tensor& values, const Resamples& resamples,
                        int64_t reference, bool is_positive) {
  QualityFigure figure = empty_figure(text, resamples.size(), reference);
  const int64_t first = resamples.bootstrap_row(0);
  figure.samples = with_bootstraps(values[0].item<double>(), values.slice(0, first, values.size(0), 2), is_positive);
  figure.real = with_bootstraps(values[1].item<double>(), values.slice(0, first + 1, values.size(0), 2), is_positive);
  figure.p_value = division_p(values, resamples, text.is_lower_better);
  return figure;
}

QualityFigure share_figure(const FigureText& text, const torch::Tensor& hits, const Resamples& resamples,
                           int64_t reference) {
  QualityFigure figure = empty_figure(text, resamples.size(), reference);
  const int64_t size = resamples.size();
  figure.samples = share_of(hits.slice(0, 0, size).sum().item<int64_t>(), size);
  figure.real = share_of(hits.slice(0, size).sum().item<int64_t>(), size);
  figure.p_value = division_p(resamples.means(hits), resamples, text.is_lower_better);
  return figure;
}

}  // namespace veil
