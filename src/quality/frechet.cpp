#include "quality/frechet.h"

#include <algorithm>

namespace veil {
namespace {

constexpr int64_t kMostTested = 256;
constexpr int64_t kMostDivisions = 499;
constexpr int64_t kEnough = 10;
constexpr int64_t kMostBootstraps = 50;
constexpr int64_t kFewBootstraps = 10;

torch::Tensor covariance(const torch::Tensor& features) {
  const auto centred = features - features.mean(0);
  return centred.t().matmul(centred) / static_cast<double>(features.size(0) - 1);
}

// Of a symmetric matrix without negative eigenvalues but by rounding.
torch::Tensor symmetric_root(const torch::Tensor& matrix) {
  const auto [values, vectors] = at::linalg_eigh(matrix);
  return (vectors * values.clamp_min(0).sqrt()).matmul(vectors.t());
}

// Distances of groups of images to one reference.
class Frechet {
 public:
  Frechet(const torch::Tensor& pooled, const torch::Tensor& reference) {
    const auto truth = reference.to(torch::kFloat64);
    mean_ = truth.mean(0);
    const auto spread = covariance(truth);
    trace_ = spread.trace().item<double>();
    features_ = pooled.to(torch::kFloat64) - mean_;
    turned_ = features_.matmul(symmetric_root(spread));
  }

  // weights: float [2n]
  [[nodiscard]] double operator()(const torch::Tensor& weights) const {
    const auto weight = weights.to(torch::kFloat64);
    const double size = weight.sum().item<double>();
    const auto mean = features_.t().mv(weight) / size;
    const double spread = ((features_.square().sum(1).dot(weight) - size * mean.dot(mean)) / (size - 1)).item<double>();
    const auto turned_mean = turned_.t().mv(weight) / size;
    const auto turned =
        (turned_.t().matmul(turned_ * weight.unsqueeze(1)) - size * turned_mean.outer(turned_mean)) / (size - 1);
    const double root = at::linalg_eigvalsh(turned).clamp_min(0).sqrt().sum().item<double>();
    return mean.dot(mean).item<double>() + spread + trace_ - 2 * root;
  }

 private:
  torch::Tensor mean_;
  double trace_ = 0.0;
  torch::Tensor features_;  // less the mean of the reference
  torch::Tensor turned_;    // times the root of its covariance S: their covariance is S^(1/2) C S^(1/2)
};

double sequential_p(const Frechet& distance, const Resamples& resamples, double observed, const Tick& tick) {
  const int64_t most = std::min(kMostDivisions, resamples.permutations());
  int64_t extreme = 0;
  for (int64_t i = 0; i < most; ++i) {
    const auto& weights = resamples.weights();
    const int64_t row = resamples.division_row(i);
    extreme += distance(weights[row]) - distance(weights[row + 1]) >= observed ? 1 : 0;
    tick(static_cast<double>(i + 1) / static_cast<double>(most));
    if (extreme == kEnough) {
      return static_cast<double>(extreme) / static_cast<double>(i + 1);
    }
  }
  return static_cast<double>(extreme + 1) / static_cast<double>(most + 1);
}

}  // namespace

QualityFigure frechet_figure(const FigureText& text, const torch::Tensor& pooled, const torch::Tensor& reference,
                             const Resamples& resamples, const Tick& tick) {
  const Frechet distance(pooled, reference);
  const bool is_tested = reference.size(1) <= kMostTested;
  const int64_t bootstraps = std::min(is_tested ? kMostBootstraps : kFewBootstraps, resamples.bootstraps());
  const int64_t first = resamples.bootstrap_row(0);
  auto values = torch::zeros({2 + 2 * bootstraps}, torch::kFloat64);
  const double share = is_tested ? 0.2 : 1.0;  // of the work
  for (int64_t i = 0; i < values.size(0); ++i) {
    values[i] = distance(resamples.weights()[i < 2 ? i : first + i - 2]);
    tick(share * static_cast<double>(i + 1) / static_cast<double>(values.size(0)));
  }
  QualityFigure figure = empty_figure(text, resamples.size(), reference.size(0));
  figure.samples =
      with_bootstraps(values[0].item<double>(), values.slice(0, 2, values.size(0), 2), /*is_positive=*/true);
  figure.real = with_bootstraps(values[1].item<double>(), values.slice(0, 3, values.size(0), 2), /*is_positive=*/true);
  if (is_tested) {
    figure.p_value = sequential_p(distance, resamples, figure.samples.value - figure.real.value,
                                  [&](double part) { tick(share + (1 - share) * part); });
  }
  tick(1);
  return figure;
}

double frechet_distance(const torch::Tensor& features, const torch::Tensor& reference) {
  return Frechet(features, reference)(torch::ones({features.size(0)}, torch::kFloat32));
}

}  // namespace veil
