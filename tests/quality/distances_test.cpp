// Distances between known sets, against closed forms, enumeration and numbers of scipy.

#include <gtest/gtest.h>

#include <cmath>

#include "base/torch.h"
#include "quality/frechet.h"
#include "quality/histograms.h"
#include "quality/kernel_distance.h"
#include "quality/marginals.h"
#include "quality/sliced_wasserstein.h"

namespace veil {
namespace {

const Tick kSilent = [](double) {};

torch::Tensor grey(const std::vector<int64_t>& values, at::IntArrayRef shape) {
  return torch::tensor(values, torch::kInt64).to(torch::kUInt8).view(shape);
}

// Sets without any structure: A[i][j] and B[i][j] as the Python below writes them.
torch::Tensor first_set() {
  auto values = torch::empty({40, 3}, torch::kFloat64);
  for (int64_t i = 0; i < 40; ++i) {
    for (int64_t j = 0; j < 3; ++j) {
      values[i][j] = std::sin(1.3 * static_cast<double>(i) + 2.1 * static_cast<double>(j)) +
                     0.1 * static_cast<double>(i * (j + 2) % 7);
    }
  }
  return values;
}

torch::Tensor second_set() {
  const std::vector<double> scale{1, 2, 0.5};
  auto values = torch::empty({40, 3}, torch::kFloat64);
  for (int64_t i = 0; i < 40; ++i) {
    for (int64_t j = 0; j < 3; ++j) {
      values[i][j] = std::cos(0.7 * static_cast<double>(i * (j + 1))) * scale[static_cast<size_t>(j)] +
                     0.3 * static_cast<double>((i * i + j) % 5);
    }
  }
  return values;
}

// scipy.stats.wasserstein_distance([0, 0, 10, 200, 255], [3, 3, 7, 180, 255, 255]); the second pair by hand: the
// cheapest way from {1, 5} to {3, 4} moves 2 and 1.
TEST(Wasserstein, IsTheAreaBetweenDistributionFunctions) {
  const auto shares = [](const std::vector<int64_t>& values) {
    return torch::bincount(torch::tensor(values), {}, 256).to(torch::kFloat64).unsqueeze(0) /
           static_cast<double>(values.size());
  };
  const auto one = torch::ones({1}, torch::kFloat64);
  EXPECT_NEAR(binned_wasserstein(shares({0, 0, 10, 200, 255}), shares({3, 3, 7, 180, 255, 255}), one).item<double>(),
              27.433333333333334, 1e-12);
  EXPECT_NEAR(binned_wasserstein(shares({1, 5}), shares({3, 4}), 2 * one).item<double>(), 2 * 1.5, 1e-12);
}

// Samples of 10 and of 30 in turn against training images of 12 and 20: all distances are differences of means.
TEST(Wasserstein, OfPixelsIsExactForEachGroup) {
  const auto pooled = grey({10, 30, 12, 20}, {4, 1, 1, 1}).expand({4, 2, 2, 1}).contiguous();
  const auto training = grey({12, 20}, {2, 1, 1, 1}).expand({2, 2, 2, 1}).contiguous();
  const Resamples resamples(2, 19, 2, 1);
  const auto figures = marginal_distances(pooled, training, resamples, kSilent);
  ASSERT_EQ(figures.size(), 3U);
  EXPECT_EQ(figures[0].name, "pixel_wasserstein");
  EXPECT_NEAR(figures[0].samples.value, (2.0 + 10.0) / 2, 1e-12);
  EXPECT_NEAR(figures[0].real.value, 0.0, 1e-12);
  EXPECT_NEAR(figures[1].samples.value, 0.0, 1e-12);  // all images are plain
  EXPECT_NEAR(figures[2].samples.value, 0.0, 1e-12);
}

// A step of height h from the left to the right half, 4 rows and 4 columns: of 24 differences 4 are h; the variance of
// the pixels is h^2 / 4, so the root is h / 2.
TEST(Wasserstein, OfDifferencesAndOfSpread) {
  const auto step = [](int64_t height) {
    return grey({0, 0, height, height}, {1, 1, 4, 1}).expand({8, 4, 4, 1}).contiguous();
  };
  const auto figures = marginal_distances(torch::cat({step(60), step(100)}), torch::cat({step(100), step(20)}),
                                          Resamples(8, 19, 2, 1), kSilent);
  EXPECT_NEAR(figures[1].samples.value, (4.0 / 24) * (40 + 40) / 2, 1e-9);
  EXPECT_NEAR(figures[1].real.value, (4.0 / 24) * 80 / 2, 1e-9);
  EXPECT_NEAR(figures[2].samples.value, (20 + 20) / 2, 0.2);  // rounded to 256 values from 10 to 50
  EXPECT_NEAR(figures[2].real.value, 40.0 / 2, 0.2);
}

// A plain image has nothing on the finer levels, and its coarsest level is its value v everywhere: the projection on a
// direction d is v times the sum of d, so the distance of plain sets is |v - w| E|sum(d)|. For a uniform direction in
// 49 dimensions that mean is sqrt(2 / pi) sqrt(49 / 49.5) or so, 0.79; with 32 directions to within 0.3.
TEST(Wasserstein, OfPatchesOfPlainImages) {
  const auto plain = [](int64_t value) { return grey({value}, {1, 1, 1, 1}).expand({8, 14, 14, 1}).contiguous(); };
  const auto half = torch::cat({plain(80).slice(0, 0, 4), plain(120).slice(0, 0, 4)});
  const auto figures = sliced_wasserstein(torch::cat({plain(100), half}), half, Resamples(8, 19, 2, 1), 3, kSilent);
  ASSERT_EQ(figures.size(), 2U);
  EXPECT_EQ(figures[0].name, "sliced_wasserstein_14x14");
  EXPECT_EQ(figures[1].name, "sliced_wasserstein_7x7");
  EXPECT_NEAR(figures[0].samples.value, 0.0, 1e-3);
  EXPECT_NEAR(figures[1].samples.value / 20, 0.79, 0.3);
  EXPECT_NEAR(figures[1].real.value, 0.0, 1e-3);
}

// numpy and scipy.linalg.sqrtm of the two sets above.
TEST(Frechet, IsThatOfTheFormula) {
  EXPECT_NEAR(frechet_distance(first_set(), second_set()), 1.1163641373051358, 1e-8);
  EXPECT_NEAR(frechet_distance(first_set(), first_set()), 0.0, 1e-7);
}

// Diagonal covariances: the distance is |m1 - m2|^2 + sum (s1 - s2)^2. Four corners of a box have them.
TEST(Frechet, OfNormalDistributionsWithoutCorrelation) {
  const auto corners = torch::tensor({1.0, 1.0, 1.0, -1.0, -1.0, 1.0, -1.0, -1.0}, torch::kFloat64).view({4, 2});
  const auto scaled =
      corners * torch::tensor({3.0, 0.5}, torch::kFloat64) + torch::tensor({1.0, -2.0}, torch::kFloat64);
  EXPECT_NEAR(frechet_distance(corners, scaled), 5.0 + (4.0 + 0.25) * 4 / 3, 1e-9);
}

TEST(Frechet, GroupsAndTheirTest) {
  const auto pooled = torch::cat({first_set(), second_set()}).to(torch::kFloat32);
  const auto figure =
      frechet_figure({.name = "FD-toy", .title = "FD-toy"}, pooled, second_set(), Resamples(40, 199, 20, 1), kSilent);
  EXPECT_NEAR(figure.samples.value, 1.1163641373051358, 1e-5);
  EXPECT_NEAR(figure.real.value, 0.0, 1e-5);
  EXPECT_LE(figure.samples.low, figure.samples.value);
  EXPECT_DOUBLE_EQ(figure.p_value, 1.0 / 200);
  const auto same =
      frechet_figure({.name = "FD-toy", .title = "FD-toy"}, torch::cat({pooled.slice(0, 40), pooled.slice(0, 40)}),
                     second_set(), Resamples(40, 199, 20, 1), kSilent);
  EXPECT_GT(same.p_value, 0.2);  // stopped after a few divisions, half of which are as extreme
}

// Enumerated by numpy: the first ten of one set against the other.
TEST(KernelDistance, IsThatOfAllPairs) {
  const auto samples = first_set().slice(0, 0, 10);
  const auto real = second_set().slice(0, 0, 10);
  const Resamples resamples(10, 19, 5, 1);
  const auto values = kernel_distances(torch::cat({samples, real}).to(torch::kFloat32),
                                       second_set().to(torch::kFloat32), cubic_kernel(), resamples, kSilent);
  EXPECT_NEAR(values[0].item<double>(), 1.4889774113955445, 1e-5);
  // By hand, group by group, for a division and for a bootstrap, in which an image may be there twice: pairs of places
  // count that hold different images.
  const auto pooled = torch::cat({samples, real});
  const auto kernel = (pooled.matmul(pooled.t()) / 3 + 1).pow(3);
  const auto across = (pooled.matmul(second_set().t()) / 3 + 1).pow(3).mean(1);
  const auto training = (second_set().matmul(second_set().t()) / 3 + 1).pow(3);
  const double own = (training.sum() - training.trace()).item<double>() / (40 * 39);
  for (const int64_t row : {resamples.division_row(3) + 1, resamples.bootstrap_row(2)}) {
    double sum = 0;
    double pairs = 0;
    double towards = 0;
    for (int64_t i = 0; i < 20; ++i) {
      const double weight = resamples.weights()[row][i].item<double>();
      towards += weight * across[i].item<double>() / 10;
      for (int64_t j = 0; j < 20; ++j) {
        const double both = i == j ? 0.0 : weight * resamples.weights()[row][j].item<double>();
        sum += both * kernel[i][j].item<double>();
        pairs += both;
      }
    }
    EXPECT_NEAR(values[row].item<double>(), sum / pairs - 2 * towards + own, 1e-4) << row;
  }
}

// Two points at distance d: the median distance of all pairs is d, so k = (e^-1/2 + e^-2 + e^-8) / 3 between them.
TEST(KernelDistance, TheGaussianKernelKnowsItsScale) {
  const auto points = torch::tensor({0.0F, 0.0F, 3.0F, 4.0F}).view({2, 2});
  const auto kernel = gaussian_kernel(points)(points, points);
  EXPECT_NEAR(kernel[0][0].item<double>(), 1.0, 1e-6);
  EXPECT_NEAR(kernel[0][1].item<double>(), (std::exp(-0.5) + std::exp(-2.0) + std::exp(-8.0)) / 3, 1e-6);
}

}  // namespace
}  // namespace veil
