#include "quality/manifold.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/torch.h"
#include "quality/noise_tensors.h"

namespace veil {
namespace {

const Tick kSilent = [](double) {};

torch::Tensor cloud(uint64_t seed, int64_t size, double centre) {
  return normal_numbers(seed, 0, size, 3).to(torch::kFloat32) + centre;
}

std::vector<QualityFigure> figures_of(const torch::Tensor& samples, const torch::Tensor& real,
                                      const torch::Tensor& training, int64_t permutations = 99) {
  return precision_and_recall(torch::cat({samples, real}), training, Resamples(samples.size(0), permutations, 2, 1),
                              kSilent);
}

// Kynkäänniemi et al. (2019), equations 1 and 2, by loops over all pairs: the share of `points` within the distance of
// a centre to its 5th neighbour among the centres.
double share_inside(const torch::Tensor& points, const torch::Tensor& centres) {
  const auto distance = [](const torch::Tensor& a, const torch::Tensor& b) { return (a - b).norm().item<float>(); };
  std::vector<float> radii;
  for (int64_t i = 0; i < centres.size(0); ++i) {
    std::vector<float> others;
    for (int64_t j = 0; j < centres.size(0); ++j) {
      if (j != i) {
        others.push_back(distance(centres[i], centres[j]));
      }
    }
    std::sort(others.begin(), others.end());
    radii.push_back(others[4]);
  }
  int64_t inside = 0;
  for (int64_t i = 0; i < points.size(0); ++i) {
    for (int64_t j = 0; j < centres.size(0); ++j) {
      if (distance(points[i], centres[j]) <= radii[static_cast<size_t>(j)]) {
        ++inside;
        break;
      }
    }
  }
  return static_cast<double>(inside) / static_cast<double>(points.size(0));
}

TEST(Manifold, IsWhatTheDefinitionSays) {
  const auto samples = cloud(1, 30, 0.8);
  const auto real = cloud(2, 30, 0.0);
  const auto training = cloud(3, 45, 0.0);
  const auto figures = figures_of(samples, real, training);
  EXPECT_NEAR(figures[0].samples.value, share_inside(samples, training), 1e-9);
  EXPECT_NEAR(figures[0].real.value, share_inside(real, training), 1e-9);
  EXPECT_NEAR(figures[1].samples.value, share_inside(training, samples), 1e-9);
  EXPECT_NEAR(figures[1].real.value, share_inside(training, real), 1e-9);
}

TEST(Manifold, DisjointSetsHaveNothingInCommon) {
  const auto figures = figures_of(cloud(1, 40, 100.0), cloud(2, 40, 0.0), cloud(3, 40, 0.0));
  EXPECT_EQ(figures[0].samples.value, 0.0);
  EXPECT_EQ(figures[1].samples.value, 0.0);
  EXPECT_GT(figures[0].real.value, 0.7);
  EXPECT_DOUBLE_EQ(figures[0].p_value, 0.01);
  EXPECT_DOUBLE_EQ(figures[1].p_value, 0.01);
}

TEST(Manifold, EqualSetsHaveAll) {
  const auto points = cloud(1, 40, 0.0);
  const auto figures = figures_of(points, cloud(2, 40, 0.0), points);
  EXPECT_EQ(figures[0].samples.value, 1.0);
  EXPECT_EQ(figures[1].samples.value, 1.0);
  EXPECT_GT(figures[0].p_value, 0.05);
}

// Samples that are all near one training image: precise, and nearly nothing is recalled.
TEST(Manifold, CollapseIsSeenInRecall) {
  const auto training = cloud(3, 60, 0.0);
  const auto samples = training[0] + 0.01 * cloud(4, 60, 0.0);
  const auto figures = figures_of(samples, cloud(2, 60, 0.0), training);
  EXPECT_EQ(figures[0].samples.value, 1.0);
  EXPECT_LT(figures[1].samples.value, 0.1);
  EXPECT_DOUBLE_EQ(figures[1].p_value, 0.01);
}

}  // namespace
}  // namespace veil
