#include "quality/resamples.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>

#include "base/torch.h"
#include "quality/figure.h"

namespace veil {
namespace {

TEST(Resamples, GroupsAreWhatTheyAreCalled) {
  const Resamples resamples(6, 20, 5, 3);
  const auto& weights = resamples.weights();
  ASSERT_EQ(weights.sizes(), at::IntArrayRef({52, 12}));
  EXPECT_TRUE(weights.sum(1).eq(6).all().item<bool>());
  EXPECT_EQ(weights[0].slice(0, 0, 6).sum().item<double>(), 6);
  EXPECT_EQ(weights[1].slice(0, 6).sum().item<double>(), 6);
  std::set<std::string> divisions;
  for (int64_t i = 0; i < 20; ++i) {
    const auto halves = weights[resamples.division_row(i)] + weights[resamples.division_row(i) + 1];
    EXPECT_TRUE(halves.eq(1).all().item<bool>());
    divisions.insert(c10::str(weights[resamples.division_row(i)]));
  }
  EXPECT_GT(divisions.size(), 17U);  // of 924
  for (int64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(weights[resamples.bootstrap_row(i)].slice(0, 0, 6).sum().item<double>(), 6);
    EXPECT_EQ(weights[resamples.bootstrap_row(i) + 1].slice(0, 6).sum().item<double>(), 6);
  }
  EXPECT_TRUE(torch::equal(weights, Resamples(6, 20, 5, 3).weights()));
  EXPECT_FALSE(torch::equal(weights, Resamples(6, 20, 5, 4).weights()));
}

// Each image is in the first half of half of the divisions: 2,000 of them, standard error 0.011.
TEST(Resamples, DivisionsAreFair) {
  const Resamples resamples(4, 2000, 2, 8);
  const auto firsts = resamples.weights().slice(0, 2, resamples.bootstrap_row(0), 2).mean(0);
  EXPECT_LT((firsts - 0.5).abs().max().item<double>(), 0.05);
}

// The mean of n numbers has the bootstrap error sd / sqrt(n), sd with the divisor n.
TEST(Figure, IntervalsAreThoseOfTheBootstrap) {
  const auto numbers = torch::arange(200, torch::kFloat64);
  const Resamples resamples(100, 19, 4000, 5);
  const auto figure = figure_of({.name = "mean", .title = "mean"}, resamples.means(numbers), resamples, 7);
  const double error = std::sqrt((100.0 * 100 - 1) / 12) / 10;
  EXPECT_NEAR(figure.samples.value, 49.5, 1e-9);
  EXPECT_NEAR((figure.samples.high - figure.samples.low) / 2, 1.96 * error, 0.05 * 1.96 * error);
  EXPECT_NEAR((figure.real.high - figure.real.low) / 2, 1.96 * error, 0.05 * 1.96 * error);
  EXPECT_EQ(figure.images, 100);
  EXPECT_EQ(figure.reference, 7);
}

// 3 images a side with the numbers 1 to 6: of the 20 divisions one has the greatest difference of means. The observed
// one, sides in order, is the least: every division is at least as extreme for "lower is better".
TEST(Figure, PValuesCountDivisions) {
  const Resamples resamples(3, 4000, 2, 6);
  const auto ascending = resamples.means(torch::arange(1, 7, torch::kFloat64));
  EXPECT_DOUBLE_EQ(division_p(ascending, resamples, /*is_lower_better=*/true), 1.0);
  EXPECT_NEAR(division_p(ascending, resamples, /*is_lower_better=*/false), 1.0 / 20, 0.015);
  const auto equal = resamples.means(torch::ones({6}, torch::kFloat64));
  EXPECT_DOUBLE_EQ(division_p(equal, resamples, true), 1.0);
}

}  // namespace
}  // namespace veil
