#include "veil/diffusion/forward_process.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "veil/base/error.h"

namespace veil {
namespace {

constexpr int64_t kMask = 9;
const NoiseKey kKey{.seed = 5, .purpose = NoisePurpose::kTrainMask, .round = 2};

torch::Tensor ids(int64_t first, int64_t size) { return torch::arange(first, first + size); }

torch::Tensor tokens(int64_t batch, int64_t length) {
  return torch::arange(batch * length).remainder(kMask).view({batch, length}).contiguous();
}

TEST(ForwardProcessTest, MasksExactlyTheCountAndKeepsTheRest) {
  const auto x0 = tokens(4, 10);
  const std::vector<int64_t> counts{0, 1, 7, 10};
  const auto masked = mask_by_count(x0, counts, ids(0, 4), kMask, kKey);
  EXPECT_EQ(masked.counts, counts);
  EXPECT_EQ(masked.positions.numel(), 18);
  const auto is_masked = masked.z.eq(kMask);
  EXPECT_TRUE(is_masked.sum(1).equal(torch::tensor(counts)));
  EXPECT_TRUE(is_masked.flatten().nonzero().flatten().equal(masked.positions));
  EXPECT_TRUE(torch::where(is_masked, x0, masked.z).equal(x0));
}

TEST(ForwardProcessTest, EverySubsetOfASizeIsEquallyLikely) {
  constexpr int64_t kDraws = 20000;
  const auto masked = mask_by_count(torch::zeros({kDraws, 5}, torch::kInt64), std::vector<int64_t>(kDraws, 2),
                                    ids(0, kDraws), kMask, kKey);
  std::map<int64_t, int64_t> seen;
  const auto code = masked.z.eq(kMask).mul(torch::tensor({1, 2, 4, 8, 16})).sum(1);
  for (int64_t i = 0; i < kDraws; ++i) {
    ++seen[code[i].item<int64_t>()];
  }
  ASSERT_EQ(seen.size(), 10U);
  double chi_square = 0;
  for (const auto& [subset, count] : seen) {
    chi_square += std::pow(static_cast<double>(count) - kDraws / 10.0, 2) / (kDraws / 10.0);
  }
  EXPECT_LT(chi_square, 27.9);  // 99.9 % quantile at 9 degrees of freedom
}

TEST(ForwardProcessTest, MasksDependOnTheExampleAndNotOnItsPlaceInTheBatch) {
  const auto x0 = tokens(6, 32);
  const std::vector<int64_t> counts{3, 9, 12, 1, 30, 8};
  const auto whole = mask_by_count(x0, counts, ids(100, 6), kMask, kKey);
  for (int64_t b = 0; b < 6; ++b) {
    const auto alone = mask_by_count(x0.slice(0, b, b + 1), std::span(counts).subspan(static_cast<size_t>(b), 1),
                                     ids(100 + b, 1), kMask, kKey);
    EXPECT_TRUE(alone.z[0].equal(whole.z[b]));
  }
}

TEST(ForwardProcessTest, MasksAreNested) {
  const auto x0 = tokens(1, 64);
  auto smaller = mask_by_count(x0, std::vector<int64_t>{0}, ids(3, 1), kMask, kKey).z.eq(kMask);
  for (int64_t count = 1; count <= 64; ++count) {
    const auto larger = mask_by_count(x0, std::vector<int64_t>{count}, ids(3, 1), kMask, kKey).z.eq(kMask);
    EXPECT_TRUE((larger | smaller).equal(larger)) << count;
    smaller = larger;
  }
}

TEST(ForwardProcessTest, MasksTheExpectedFraction) {
  const auto masked =
      mask_by_fraction(torch::zeros({64, 1024}, torch::kInt64), std::vector<double>(64, 0.25), ids(0, 64), kMask, kKey);
  const double fraction = static_cast<double>(masked.positions.numel()) / (64 * 1024);
  EXPECT_NEAR(fraction, 0.25, 4 * std::sqrt(0.25 * 0.75 / (64 * 1024)));
  const auto ends = mask_by_fraction(tokens(2, 50), std::vector<double>{0.0, 1.0}, ids(0, 2), kMask, kKey);
  EXPECT_EQ(ends.counts, (std::vector<int64_t>{0, 50}));
}

TEST(ForwardProcessTest, LowDiscrepancyCountsFillTheRangeEvenly) {
  const NoiseKey key{.seed = 1, .purpose = NoisePurpose::kTrainLevel, .round = 7};
  const auto levels = low_discrepancy_levels(key, 0, 10, 10);
  std::set<int64_t> counts;
  for (const double level : levels) {
    counts.insert(count_of_level(level, 10));
  }
  EXPECT_EQ(counts, (std::set<int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  const auto half = low_discrepancy_levels(key, 5, 5, 10);
  EXPECT_TRUE(std::equal(half.begin(), half.end(), levels.begin() + 5));
}

TEST(ForwardProcessTest, StratifiedCountsStayInTheirStrata) {
  const NoiseKey key{.seed = 1, .purpose = NoisePurpose::kEvaluationLevel, .round = 0};
  for (int64_t example = 0; example < 50; ++example) {
    for (int64_t j = 0; j < 8; ++j) {
      const int64_t count = count_of_level(stratified_level(key, example, j, 8), 784);
      EXPECT_GE(count, 1 + 98 * j);
      EXPECT_LE(count, 98 * (j + 1));
    }
  }
}

// Of independent uniform numbers, one in each stratum, the mean varies by 1 / (12 * strata); of one number shared by
// all strata by 1 / 12, and an evaluation would waste its passes.
TEST(ForwardProcessTest, EachStratumDrawsANumberOfItsOwn) {
  constexpr int64_t kStrata = 4;
  constexpr int64_t kExamples = 4000;
  const NoiseKey key{.seed = 2, .purpose = NoisePurpose::kEvaluationLevel, .round = 3};
  double sum = 0;
  double squares = 0;
  for (int64_t example = 0; example < kExamples; ++example) {
    double mean = 0;
    for (int64_t j = 0; j < kStrata; ++j) {  // the place in its stratum, over their number
      mean += stratified_level(key, example, j, kStrata) - static_cast<double>(j) / kStrata;
    }
    sum += mean;
    squares += mean * mean;
  }
  const double mean = sum / kExamples;
  EXPECT_NEAR(mean, 0.5, 0.01);
  EXPECT_NEAR(squares / kExamples - mean * mean, 1.0 / (12 * kStrata), 0.1 / (12 * kStrata));
}

TEST(ForwardProcessTest, RefusesCountsAndFractionsOutOfRange) {
  const auto x0 = tokens(1, 8);
  EXPECT_THROW((void)mask_by_count(x0, std::vector<int64_t>{9}, ids(0, 1), kMask, kKey), InvalidArgument);
  EXPECT_THROW((void)mask_by_fraction(x0, std::vector<double>{1.1}, ids(0, 1), kMask, kKey), InvalidArgument);
  EXPECT_THROW((void)mask_by_count(x0, std::vector<int64_t>{1, 2}, ids(0, 2), kMask, kKey), InvalidArgument);
}

}  // namespace
}  // namespace veil
