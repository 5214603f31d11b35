#include "quality/sliced_wasserstein.h"

#include <algorithm>

#include "quality/figure.h"
#include "quality/histograms.h"
#include "quality/laplacian_pyramid.h"
#include "quality/noise_tensors.h"
#include "veil/base/error.h"
#include "veil/base/random.h"

namespace veil {
namespace {

constexpr int64_t kPatch = 7;
constexpr size_t kPlaces = 64;
constexpr int64_t kDirections = 32;
constexpr int64_t kBins = 128;
constexpr double kDeviations = 5;

// Where the pixels of the patches of a level lie in it, patch by patch within pixel: [height * width * places].
torch::Tensor pixel_places(int64_t rows, int64_t columns, int64_t height, int64_t width, const NoiseKey& key) {
  const int64_t across = columns - width + 1;
  auto corners = permutation(key, (rows - height + 1) * across);
  corners.resize(std::min(corners.size(), kPlaces));
  std::vector<int64_t> places;
  for (int64_t pixel = 0; pixel < height * width; ++pixel) {
    for (const int64_t corner : corners) {
      places.push_back((corner / across + pixel / width) * columns + corner % across + pixel % width);
    }
  }
  return torch::tensor(places, torch::kInt64);
}

// Projections of patches on one level: [B, kDirections, places].
class Projections {
 public:
  Projections(const torch::Tensor& images, int64_t level, int64_t levels, uint64_t seed)
      : levels_(levels), level_(level) {
    const auto top = pixels(images.slice(0, 0, 1));
    height_ = std::min(kPatch, top.size(2));
    width_ = std::min(kPatch, top.size(3));
    const NoiseKey key{.seed = seed,
                       .purpose = NoisePurpose::kQuality,
                       .round = quality_round(QualityNoise::kPlace, static_cast<uint64_t>(level))};
    places_ = pixel_places(top.size(2), top.size(3), height_, width_, key);
    directions_ = random_directions(seed, quality_round(QualityNoise::kDirection, static_cast<uint64_t>(level)),
                                    kDirections, top.size(1) * height_ * width_);
    name_ = concat(top.size(2), "x", top.size(3));
  }

  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] torch::Tensor operator()(const torch::Tensor& images) const {
    const auto level = pixels(images).flatten(2).index_select(2, places_);
    return directions_.matmul(level.reshape({images.size(0), directions_.size(1), -1}));
  }

 private:
  [[nodiscard]] torch::Tensor pixels(const torch::Tensor& images) const {
    const auto planes = images.permute({0, 3, 1, 2}).to(torch::kFloat32).contiguous();
    return laplacian_pyramid(planes, levels_)[static_cast<size_t>(level_)];
  }

  int64_t levels_;
  int64_t level_;
  int64_t height_ = 0;
  int64_t width_ = 0;
  torch::Tensor places_;
  torch::Tensor directions_;
  std::string name_;
};

}  // namespace

std::vector<QualityFigure> sliced_wasserstein(const torch::Tensor& pooled, const torch::Tensor& reference,
                                              const Resamples& resamples, uint64_t seed, const Tick& tick) {
  const int64_t levels = pyramid_levels(pooled.size(1), pooled.size(2), kPatch);
  std::vector<QualityFigure> figures;
  for (int64_t level = 0; level < levels; ++level) {
    const Projections projections(pooled, level, levels, seed);
    const Bins bins = fitted_bins(reference, projections, kDeviations, kBins);
    const auto counts = histograms(pooled, projections, bins);
    const auto truth = joint_histogram(reference, projections, bins);
    const auto values = group_wasserstein(counts, truth, bins, resamples, [&](double share) {
      tick((static_cast<double>(level) + share) / static_cast<double>(levels));
    });
    figures.push_back(figure_of({.name = "sliced_wasserstein_" + projections.name(),
                                 .title = "patches at " + projections.name(),
                                 .unit = "grey levels"},
                                values, resamples, reference.size(0)));
  }
  return figures;
}

}  // namespace veil
