// The curve of a binned profile: sums are kept, nothing falls, and straight lines come back.
#include "veil/evaluate/information_profile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "evaluate/profile.h"
#include "veil/base/error.h"

namespace veil {
namespace {

// Bins as an evaluation makes them, with the exact means of g and `samples` in each.
std::vector<ProfileBin> bins_of(const std::vector<double>& g, int64_t samples = 100) {
  auto bins = Profile(static_cast<int64_t>(g.size())).bins();
  for (ProfileBin& bin : bins) {
    double sum = 0;
    for (int64_t k = bin.first_count; k <= bin.last_count; ++k) {
      sum += g[k - 1];
    }
    bin.samples = samples;
    bin.sum = sum / static_cast<double>(bin.last_count - bin.first_count + 1) * static_cast<double>(samples);
  }
  return bins;
}

double sum_of(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

TEST(InformationProfileTest, AStraightLineComesBack) {
  std::vector<double> g(784);
  std::iota(g.begin(), g.end(), 1.0);
  const auto curve = information_profile(bins_of(g));
  ASSERT_EQ(curve.size(), g.size());
  for (size_t k = 0; k < g.size(); ++k) {
    EXPECT_NEAR(curve[k], g[k], 1e-9) << k;
  }
}

TEST(InformationProfileTest, KeepsTheSumAndIsCloseToASmoothCurve) {
  for (const int64_t n : {1, 2, 64, 1024, 3072}) {
    std::vector<double> g(static_cast<size_t>(n));
    for (int64_t k = 0; k < n; ++k) {
      g[k] = 5 * std::pow(static_cast<double>(k + 1) / static_cast<double>(n), 0.3);
    }
    const auto curve = information_profile(bins_of(g));
    EXPECT_NEAR(sum_of(curve), sum_of(g), 1e-9 * sum_of(g)) << n;
    for (int64_t k = 0; k < n; ++k) {
      EXPECT_NEAR(curve[k], g[k], 0.01) << n << " " << k;
    }
  }
}

TEST(InformationProfileTest, NeverFallsWhateverTheNoise) {
  std::mt19937 generator(3);
  std::normal_distribution<double> noise(0.0, 1.0);
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<double> g(500);
    for (size_t k = 0; k < g.size(); ++k) {
      g[k] = 3 + std::log(static_cast<double>(k + 1)) / 3 + noise(generator);
    }
    const auto bins = bins_of(g);
    const auto curve = information_profile(bins);
    EXPECT_TRUE(std::is_sorted(curve.begin(), curve.end(), [](double a, double b) { return a < b - 1e-12; }));
  }
}

// All tokens equal: g(n) = ln V, else 0. The last bin is wider than one count, so the step becomes a slope in it.
TEST(InformationProfileTest, AStepStaysInItsBin) {
  std::vector<double> g(64);
  g.back() = std::log(256.0);
  const auto bins = bins_of(g);
  const auto curve = information_profile(bins);
  EXPECT_NEAR(sum_of(curve), sum_of(g), 1e-12);
  for (int64_t k = 1; k < bins[bins.size() - 2].first_count; ++k) {
    EXPECT_NEAR(curve[k - 1], 0, 1e-12) << k;
  }
}

TEST(InformationProfileTest, EmptyBinsAreBridged) {
  std::vector<double> g(100);
  std::iota(g.begin(), g.end(), 1.0);
  auto bins = bins_of(g);
  for (const size_t i : {size_t{0}, size_t{5}, bins.size() - 1}) {
    bins[i].samples = 0;
    bins[i].sum = 0;
  }
  const auto curve = information_profile(bins);
  EXPECT_TRUE(std::is_sorted(curve.begin(), curve.end(), [](double a, double b) { return a < b - 1e-12; }));
  EXPECT_NEAR(curve[49], 50, 1e-9);
}

// Pooled by hand: 1, then (3, 2) with weights 1 and 3 become 2.25.
TEST(InformationProfileTest, FallingBinsArePooledByTheirSamples) {
  const std::vector<ProfileBin> bins{{.first_count = 1, .last_count = 1, .samples = 1, .sum = 1},
                                     {.first_count = 2, .last_count = 2, .samples = 1, .sum = 3},
                                     {.first_count = 3, .last_count = 3, .samples = 3, .sum = 6}};
  const auto curve = information_profile(bins);
  EXPECT_DOUBLE_EQ(curve[0], 1);
  EXPECT_DOUBLE_EQ(curve[1], 2.25);
  EXPECT_DOUBLE_EQ(curve[2], 2.25);
}

TEST(InformationProfileTest, RefusesBinsThatAreNone) {
  EXPECT_THROW((void)information_profile({}), InvalidArgument);
  EXPECT_THROW((void)information_profile(std::vector<ProfileBin>{{.first_count = 1, .last_count = 3}}),
               InvalidArgument);
  EXPECT_THROW(
      (void)information_profile(std::vector<ProfileBin>{{.first_count = 2, .last_count = 3, .samples = 1, .sum = 1}}),
      InvalidArgument);
}

}  // namespace
}  // namespace veil
