#include "quality/marginals.h"

#include "quality/figure.h"
#include "quality/histograms.h"

namespace veil {
namespace {

constexpr double kAllDeviations = 1e9;

// [B, C, H * W]
torch::Tensor planes_of(const torch::Tensor& images) {
  return images.flatten(1, 2).transpose(1, 2).to(torch::kFloat32).contiguous();
}

torch::Tensor differences_of(const torch::Tensor& images) {
  const auto values = images.to(torch::kFloat32);
  const auto flat = [](const torch::Tensor& part) { return part.flatten(1, 2).transpose(1, 2); };
  return torch::cat({flat(values.diff(1, 1)), flat(values.diff(1, 2))}, 2).contiguous();
}

torch::Tensor root_covariances_of(const torch::Tensor& images) {
  const auto planes = planes_of(images).to(torch::kFloat64);
  const auto centred = planes - planes.mean(2, /*keepdim=*/true);
  const auto covariance = centred.matmul(centred.transpose(1, 2)) / static_cast<double>(planes.size(2));
  const int64_t channels = planes.size(1);
  const auto pairs = torch::triu_indices(channels, channels);
  const auto chosen = covariance.index({torch::indexing::Slice(), pairs[0], pairs[1]});
  return (chosen.sign() * chosen.abs().sqrt()).unsqueeze(2).to(torch::kFloat32);
}

struct Marginal {
  FigureText text;
  ImageNumbers numbers;
  Bins bins;
};

}  // namespace

std::vector<QualityFigure> marginal_distances(const torch::Tensor& pooled, const torch::Tensor& reference,
                                              const Resamples& resamples, const Tick& tick) {
  const int64_t channels = pooled.size(3);
  const std::vector<Marginal> marginals{
      {.text = {.name = "pixel_wasserstein", .title = "values of pixels", .unit = "grey levels"},
       .numbers = planes_of,
       .bins = equal_bins(channels, 0, 1, 256)},
      {.text = {.name = "gradient_wasserstein", .title = "differences of neighbours", .unit = "grey levels"},
       .numbers = differences_of,
       .bins = equal_bins(channels, -255, 1, 511)},
      {.text = {.name = "covariance_wasserstein", .title = "spread within images", .unit = "grey levels"},
       .numbers = root_covariances_of,
       .bins = fitted_bins(reference, root_covariances_of, kAllDeviations, 256)}};
  std::vector<QualityFigure> figures;
  for (const auto& marginal : marginals) {
    const auto counts = histograms(pooled, marginal.numbers, marginal.bins);
    const auto truth = joint_histogram(reference, marginal.numbers, marginal.bins);
    const auto values = group_wasserstein(counts, truth, marginal.bins, resamples, [&](double share) {
      tick((static_cast<double>(figures.size()) + share) / static_cast<double>(marginals.size()));
    });
    figures.push_back(figure_of(marginal.text, values, resamples, reference.size(0)));
  }
  return figures;
}

}  // namespace veil
