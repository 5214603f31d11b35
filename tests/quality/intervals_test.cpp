#include "quality/intervals.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

namespace veil {
namespace {

// scipy.stats.binomtest(k, n).proportion_ci(method="exact")
TEST(Intervals, SharesAreThoseOfClopperAndPearson) {
  const auto expect = [](int64_t hits, int64_t trials, double low, double high) {
    const auto share = share_of(hits, trials);
    EXPECT_DOUBLE_EQ(share.value, static_cast<double>(hits) / static_cast<double>(trials));
    EXPECT_NEAR(share.low, low, 1e-9);
    EXPECT_NEAR(share.high, high, 1e-9);
  };
  expect(8, 10, 0.4439045376923585, 0.9747892736731665);
  expect(137, 1000, 0.11628168943360062, 0.1598809651053763);
  expect(0, 20, 0.0, 1 - std::pow(0.025, 1.0 / 20));
  expect(20, 20, std::pow(0.025, 1.0 / 20), 1.0);
}

// scipy.stats.binom.sf(k - 1, n, 0.5), norm.sf(1.5)
TEST(Intervals, TailsOfACoinAndOfTheNormalDistribution) {
  EXPECT_NEAR(coin_tail(60, 100), 0.028443966820490444, 1e-10);
  EXPECT_NEAR(coin_tail(540, 1000), 0.0062220731385858995, 1e-10);
  EXPECT_DOUBLE_EQ(coin_tail(0, 7), 1.0);
  EXPECT_NEAR(coin_tail(3, 3), 0.125, 1e-12);
  EXPECT_NEAR(normal_tail(1.5), 0.06680720126885807, 1e-14);
}

// The interval (x_(k), x_(n + 1 - k)) misses the median with probability 2 P(Binomial(n, 1/2) < k): for n = 10, k = 2
// with 2 * 11 / 1024 = 0.021, and k = 3 with 2 * 56 / 1024 = 0.109.
TEST(Intervals, TheMedianLiesBetweenOrderStatistics) {
  const auto ten = median_of({10, 9, 8, 7, 6, 5, 4, 3, 2, 1});
  EXPECT_EQ(ten.value, 5.5);
  EXPECT_EQ(ten.low, 2);
  EXPECT_EQ(ten.high, 9);
  const auto one = median_of({4});
  EXPECT_EQ(one.low, 4);
  EXPECT_EQ(one.high, 4);
  // Of 5 values all between the ends: even they miss with 2 / 32 = 0.0625.
  EXPECT_EQ(median_of({1, 2, 3, 4, 5}).low, 1);
}

// Holm (1979): the smallest of m times m, the next times m - 1, and none below an earlier one.
TEST(Intervals, ManyTestsAreAdjustedTogether) {
  const double none = std::numeric_limits<double>::quiet_NaN();
  const auto adjusted = holm_adjusted({0.03, none, 0.01, 0.02, 0.8});
  EXPECT_DOUBLE_EQ(adjusted[2], 0.04);
  EXPECT_DOUBLE_EQ(adjusted[3], 0.06);
  EXPECT_DOUBLE_EQ(adjusted[0], 0.06);
  EXPECT_DOUBLE_EQ(adjusted[4], 0.8);
  EXPECT_TRUE(std::isnan(adjusted[1]));
  EXPECT_DOUBLE_EQ(holm_adjusted({0.7, 0.9})[0], 1.0);
}

}  // namespace
}  // namespace veil
