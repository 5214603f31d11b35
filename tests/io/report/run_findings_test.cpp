// What a page concludes from the numbers of a run: trends, pairs, compressors. Expected values by Python's statistics.
#include <gtest/gtest.h>

#include <cmath>

#include "io/report/compressor_comparison.h"
#include "io/report/paired_difference.h"
#include "io/report/trend.h"

namespace veil::io {
namespace {

StepCurve line(int64_t points, double slope) {
  StepCurve curve;
  for (int64_t i = 1; i <= points; ++i) {
    curve[100 * i] = 5 + slope * static_cast<double>(i);
  }
  return curve;
}

TEST(TrendTest, IsTheLineOfLeastSquaresWithStudentsInterval) {
  const auto trend = trend_of({{100, 2.2}, {200, 2.8}, {300, 3.6}, {400, 4.5}, {500, 5.1}});
  ASSERT_TRUE(trend.has_value());
  EXPECT_NEAR(trend->change, 3.0, 1e-12);
  EXPECT_NEAR(trend->half, 0.381893556636, 1e-9);
  EXPECT_TRUE(trend->rises());
  EXPECT_FALSE(trend->falls());
}

TEST(TrendTest, IsOfTheLastThird) {
  StepCurve curve = line(20, -1);
  for (int64_t i = 21; i <= 30; ++i) {
    curve[100 * i] = 1 + (i % 2 == 0 ? 0.1 : -0.1);
  }
  const auto trend = trend_of(curve);
  ASSERT_TRUE(trend.has_value());
  EXPECT_EQ(trend->first_step, 2100);
  EXPECT_EQ(trend->last_step, 3000);
  EXPECT_EQ(trend->points, 10);
  EXPECT_FALSE(trend->falls() || trend->rises());
  EXPECT_EQ(trend_of(line(6, -1))->points, 5);
  EXPECT_EQ(trend_of(line(3, -1))->points, 3);
  EXPECT_FALSE(trend_of(line(2, -1)).has_value());
  EXPECT_FALSE(trend_of({}).has_value());
}

TEST(TrendTest, IsSaidInWords) {
  RunRecords records;
  EXPECT_NE(trend_words(records).find("Not known"), std::string::npos);
  records.train_bits = line(9, -0.5);
  EXPECT_NE(trend_words(records).find("fewer than three evaluations"), std::string::npos);
  EXPECT_NE(trend_words(records).find("changed by −2.0000 ± 0.0000"), std::string::npos) << trend_words(records);
  EXPECT_NE(trend_words(records).find("yes, it was still getting better"), std::string::npos);
  records.evaluation_bits = line(9, 0.5);
  EXPECT_NE(trend_words(records).find("no, it was getting worse: it learns its training data by heart"),
            std::string::npos);
  records.evaluation_bits = {{1, 3.0}, {2, 3.1}, {3, 3.0}, {4, 3.1}, {5, 3.0}};
  records.learning_rate = {{1, 0.1}, {5, 0.001}};
  EXPECT_NE(trend_words(records).find("no clear change any more. The learning rate had come down to 1 %"),
            std::string::npos)
      << trend_words(records);
}

EvaluationReport scored(const std::vector<int64_t>& indices, const std::vector<double>& bits) {
  EvaluationReport report;
  report.examples = std::ssize(bits);
  report.dataset_size = 100;
  report.example_indices = indices;
  report.example_bits = bits;
  return report;
}

TEST(PairedDifferenceTest, IsOfTheCommonExamples) {
  const auto first = scored({1, 4, 7, 9}, {3.0, 4.0, 5.5, 99.0});
  const auto second = scored({0, 1, 4, 7}, {-99.0, 2.5, 4.0, 4.5});
  const auto found = paired_difference(first, second);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->examples, 3);
  EXPECT_NEAR(found->difference.mean, 0.5, 1e-12);                                   // of 0.5, 0 and 1
  EXPECT_NEAR(found->difference.half, 4.302652729911 * 0.5 / std::sqrt(3.0), 1e-9);  // Student, 2 degrees
  EXPECT_FALSE(paired_difference(first, scored({2, 3}, {1.0, 2.0})).has_value());
  EXPECT_FALSE(paired_difference(first, scored({}, {1.0, 2.0})).has_value());  // which these are is not said
}

TEST(PairedDifferenceTest, OfWholeSplitsThePlaceIsTheIndex) {
  auto whole = scored({}, {1.0, 2.0, 4.0});
  whole.dataset_size = 3;
  const auto found = paired_difference(scored({1, 2}, {2.5, 4.0}), whole);
  ASSERT_TRUE(found.has_value());
  EXPECT_NEAR(found->difference.mean, 0.25, 1e-12);
}

TEST(CompressorComparisonTest, IsOfTheSameImages) {
  RunRecords records;
  EXPECT_EQ(compressor_words(records), "PNG, WebP and JPEG XL: not measured.");
  records.evaluation = scored({3, 5, 8}, {2.0, 3.0, 77.0});
  records.details.emplace();
  records.details->pictured = "iVBO";
  records.details->compressed_indices = {3, 5};
  records.details->compressors = {
      {"PNG", {5.0, 7.0}, 5.5}, {"WebP lossless", {2.0, 3.2}, 2.6}, {"JPEG XL", {1.0, 1.0}, NAN}};
  const auto found = compare_with_compressors(records);
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->images, 2);
  EXPECT_NEAR(found->model.mean, 2.5, 1e-12);
  EXPECT_NEAR(found->compressors[0].difference.mean, -3.5, 1e-12);
  EXPECT_NEAR(found->model.half, 12.706204736 * 0.5, 1e-6);  // Student, one degree: sure of nothing
  EXPECT_EQ(
      compressor_words(records),
      "On the same 2 images the model needs 2.5000 ± 6.3531 bits/dim: not clearly different from PNG (5.500), not "
      "clearly different from WebP lossless (2.600), not clearly different from JPEG XL (1.000).");
  records.details->compressed_indices = {3, 6};  // one that was not scored
  EXPECT_FALSE(compare_with_compressors(records).has_value());
}

TEST(CompressorComparisonTest, BetterAndWorseAreSaid) {
  RunRecords records;
  std::vector<int64_t> indices;
  std::vector<double> bits;
  for (int64_t i = 0; i < 40; ++i) {
    indices.push_back(i);
    bits.push_back(i % 2 == 0 ? 2.9 : 3.1);
  }
  records.evaluation = scored(indices, bits);
  records.details.emplace();
  records.details->pictured = "iVBO";
  records.details->compressed_indices = indices;
  records.details->compressors = {{"PNG", std::vector<double>(40, 6.0), 4.5},
                                  {"WebP lossless", std::vector<double>(40, 2.0), 2.5}};
  const auto words = compressor_words(records);
  EXPECT_NE(words.find("better than PNG (4.500), worse than WebP lossless (2.000)"), std::string::npos) << words;
  EXPECT_NE(words.find("JPEG XL: not measured (this build of veil is without libjxl)."), std::string::npos) << words;
}

}  // namespace
}  // namespace veil::io
