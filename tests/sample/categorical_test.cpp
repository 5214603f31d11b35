#include "sample/categorical.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "veil/base/error.h"
#include "veil/base/random.h"

namespace veil {
namespace {

constexpr double kSmallest = 0x1p-53;
constexpr double kLargest = 1 - 0x1p-53;
constexpr float kNever = -std::numeric_limits<float>::infinity();
const NoiseKey kKey{.seed = 5, .purpose = NoisePurpose::kSampleValue};

int64_t draw(const std::vector<float>& logits, double u, double temperature = 1.0) {
  return draw_categorical(logits.data(), static_cast<int64_t>(logits.size()), temperature, u);
}

// A race of float32 exponentials draws the rare value too seldom, or never.
TEST(CategoricalTest, RareValueIsDrawnAsOftenAsItShould) {
  const std::vector<float> logits{static_cast<float>(std::log(1 - 1e-5)), static_cast<float>(std::log(1e-5))};
  int64_t rare = 0;
  for (uint32_t draw_index = 0; draw_index < 10'000'000; ++draw_index) {
    rare += draw(logits, uniform_double(kKey, 0, draw_index));
  }
  RecordProperty("rare", static_cast<int>(rare));
  EXPECT_NEAR(static_cast<double>(rare), 100, 40);
}

TEST(CategoricalTest, ExtremeUniformNumbersGiveTheEnds) {
  EXPECT_EQ(draw({0, 0, 0}, kSmallest), 0);
  EXPECT_EQ(draw({0, 0, 0}, kLargest), 2);
  for (int size = 1; size <= 300; ++size) {
    EXPECT_LT(draw(std::vector<float>(size, 0.1F), kLargest), size);
    EXPECT_LT(draw(std::vector<float>(size, 0.1F), 1.0), size);
  }
}

TEST(CategoricalTest, ImpossibleValuesAreNeverDrawn) {
  for (const double u : {0.0, kSmallest, 0.25, 0.5, 0.75, kLargest, 1.0}) {
    EXPECT_EQ(draw({kNever, 3, kNever}, u), 1);
    EXPECT_EQ(draw({-5000, 3, -5000}, u), 1);
    const auto two = draw({kNever, 0, kNever, 0, kNever}, u);
    EXPECT_EQ(two, u < 0.5 ? 1 : 3);
  }
}

TEST(CategoricalTest, FollowsTheDefinitionOnAGrid) {
  const std::vector<double> p{0.125, 0.5, 0.25, 0.125};
  std::vector<double> logits;
  for (const double q : p) {
    logits.push_back(std::log(q) + 7);
  }
  for (const auto& [u, value] :
       std::vector<std::pair<double, int64_t>>{{0.12, 0}, {0.13, 1}, {0.62, 1}, {0.63, 2}, {0.87, 2}, {0.88, 3}}) {
    EXPECT_EQ(draw_categorical(logits.data(), 4, 1.0, u), value) << u;
  }
}

TEST(CategoricalTest, TemperatureRaisesProbabilitiesToItsInverse) {
  // p = (1/5, 4/5): the first value ends at 1/5; at temperature 2 at 1/3; at temperature 1/2 at 1/17.
  const std::vector<float> logits{0.0F, static_cast<float>(std::log(4.0))};
  for (const auto& [temperature, end] :
       std::vector<std::pair<double, double>>{{1, 1.0 / 5}, {2, 1.0 / 3}, {0.5, 1.0 / 17}}) {
    EXPECT_EQ(draw(logits, end - 1e-6, temperature), 0);
    EXPECT_EQ(draw(logits, end + 1e-6, temperature), 1);
  }
}

// Pearson's statistic of 256 unequal values has mean 255 and standard deviation sqrt(510) = 22.6.
TEST(CategoricalTest, FrequenciesOf256ValuesPassAChiSquareTest) {
  constexpr int kDraws = 1'000'000;
  std::vector<float> logits(256);
  std::vector<double> p(256);
  double total = 0;
  for (uint32_t v = 0; v < 256; ++v) {
    logits[v] = static_cast<float>(4 * uniform_double(kKey, 1, v));
    total += p[v] = std::exp(static_cast<double>(logits[v]));
  }
  std::vector<int> seen(256);
  for (uint32_t i = 0; i < kDraws; ++i) {
    ++seen[draw(logits, uniform_double(kKey, 2, i))];
  }
  double statistic = 0;
  for (size_t v = 0; v < 256; ++v) {
    const double expected = kDraws * p[v] / total;
    statistic += (seen[v] - expected) * (seen[v] - expected) / expected;
  }
  EXPECT_NEAR(statistic, 255, 4 * 22.6);
}

TEST(CategoricalTest, RefusesLogitsWithoutADistribution) {
  EXPECT_THROW((void)draw({kNever, kNever}, 0.5), InvalidArgument);
  EXPECT_THROW((void)draw({0, std::nanf("")}, 0.5), InvalidArgument);
  EXPECT_THROW((void)draw({0, std::numeric_limits<float>::infinity()}, 0.5), InvalidArgument);
}

}  // namespace
}  // namespace veil
