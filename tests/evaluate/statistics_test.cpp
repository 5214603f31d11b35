#include "evaluate/statistics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>
#include <vector>

#include "evaluate/profile.h"

namespace veil {
namespace {

TEST(StatisticsTest, AgreesWithAHandComputedExample) {
  // Two examples of four passes in two replicates: replicate means 2, 4 and 5, 5; example means 3 and 5.
  const std::vector<double> values{1, 3, 3, 5, 4, 6, 2, 8};
  const auto statistics = pass_statistics(values, 4, 2);
  EXPECT_EQ(statistics.examples, (std::vector<double>{3, 5}));
  EXPECT_EQ(statistics.replicates, (std::vector<double>{2, 4, 5, 5}));
  EXPECT_DOUBLE_EQ(statistics.mean, 4);
  EXPECT_EQ(statistics.mask_variances, (std::vector<double>{1, 0}));
  EXPECT_DOUBLE_EQ(statistics.standard_error, 1);                        // sd sqrt(2), over sqrt(2)
  EXPECT_DOUBLE_EQ(statistics.mask_standard_error, std::sqrt(1.0) / 2);  // v = (2-4)^2/4 = 1 and 0
}

TEST(StatisticsTest, MoreReplicatesUseTheirSampleVariance) {
  // One example, replicate means 1, 2, 6: sample variance 7, of the mean 7/3.
  const auto statistics = pass_statistics(std::vector<double>{1, 2, 6}, 3, 3);
  EXPECT_DOUBLE_EQ(statistics.mean, 3);
  EXPECT_DOUBLE_EQ(statistics.mask_standard_error, std::sqrt(7.0 / 3));
  EXPECT_TRUE(std::isnan(statistics.standard_error));
}

TEST(StatisticsTest, EqualValuesHaveNoErrorAtAll) {
  const auto statistics = pass_statistics(std::vector<double>(700 * 6, 0.1), 6, 2);
  EXPECT_EQ(statistics.mean, 0.1);
  EXPECT_EQ(statistics.standard_error, 0.0);
  EXPECT_EQ(statistics.mask_standard_error, 0.0);
}

// Of a table of Student's distribution, two-sided 95 % (NIST/SEMATECH, section 1.3.6.7.2); more digits from mpmath's
// incomplete beta function.
TEST(StatisticsTest, QuantilesAreThoseOfStudentsTable) {
  const std::vector<std::pair<int64_t, double>> table{
      {1, 12.7062047364},   {2, 4.3026527299},    {3, 3.1824463053},    {4, 2.7764451052},   {5, 2.5705818366},
      {10, 2.2281388520},   {30, 2.0422724563},   {100, 1.9839715185},  {120, 1.9799304051}, {999, 1.9623414611},
      {1000, 1.9623390808}, {1001, 1.9623367053}, {10000, 1.9602012399}};
  for (const auto& [degrees, quantile] : table) {
    EXPECT_NEAR(student_quantile(degrees), quantile, 1e-8 * quantile) << degrees;
  }
  EXPECT_NEAR(student_quantile(1'000'000'000'000), 1.959963984540, 1e-9);
  EXPECT_TRUE(std::isnan(student_quantile(0)));
  EXPECT_NEAR(interval_half_width(0.5, 10), 0.5 * 2.262157162854, 1e-8);
  EXPECT_NEAR(interval_half_width(0.5, 999), 0.5 * student_quantile(998), 1e-12);
  EXPECT_EQ(interval_half_width(0.5, 1000), 0.5 * 1.96);
  EXPECT_TRUE(std::isnan(interval_half_width(0.5, 1)));
}

// The same table at 99 %, and the upper 2.5 % and 1e-20 of the normal distribution (mpmath).
TEST(StatisticsTest, OtherQuantilesAndTheNormalOnesAreThoseOfTheTables) {
  EXPECT_NEAR(student_quantile(10, 0.99), 3.1692726726, 1e-8);
  EXPECT_NEAR(student_quantile(61, 0.99), 2.6589, 1e-4);
  EXPECT_NEAR(student_quantile(100'000, 0.99), 2.5758782, 1e-6);
  EXPECT_NEAR(normal_quantile(0.025), 1.959963984540054, 1e-12);
  EXPECT_NEAR(normal_quantile(0.975), -1.959963984540054, 1e-12);
  EXPECT_NEAR(normal_quantile(1e-20), 9.262340089798408, 1e-11);
  EXPECT_NEAR(normal_tail(9.262340089798408), 1e-20, 1e-31);
  EXPECT_EQ(interval_quantile(1000), 1.96);
  EXPECT_NEAR(interval_quantile(11), 2.2281388520, 1e-8);
  EXPECT_TRUE(std::isnan(interval_quantile(1)));
}

TEST(ProfileTest, BinsCoverAllCountsOnceForAnyLength) {
  for (const int64_t length : {1, 2, 5, 64, 256, 784, 3072, 12288}) {
    const Profile profile(length);
    EXPECT_LE(profile.bins().size(), 64U);
    int64_t next = 1;
    for (const auto& bin : profile.bins()) {
      EXPECT_EQ(bin.first_count, next);
      EXPECT_GE(bin.last_count, bin.first_count);
      next = bin.last_count + 1;
    }
    EXPECT_EQ(next, length + 1);
  }
}

TEST(ProfileTest, AddsToTheBinOfTheCount) {
  Profile profile(1000);
  profile.add(1, 2.0);
  profile.add(1000, 3.0);
  profile.add(1000, 5.0);
  EXPECT_EQ(profile.bins().front().samples, 1);
  EXPECT_EQ(profile.bins().back().samples, 2);
  EXPECT_EQ(profile.bins().back().sum, 8.0);
  EXPECT_EQ(profile.bins().back().sum_squares, 34.0);
}

}  // namespace
}  // namespace veil
