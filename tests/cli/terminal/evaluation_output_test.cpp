#include "cli/terminal/evaluation_output.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace veil::cli {
namespace {

EvaluationReport example() {
  EvaluationReport report;
  report.bits_per_dim = 8.0;
  report.standard_error = 0.25;
  report.mask_standard_error = 0.125;
  report.confidence_low = 7.51;
  report.confidence_high = 8.49;
  report.examples = 7;
  report.passes = 8;
  report.replicates = 2;
  report.estimator = "count-stratified";
  report.dataset = "fashion-mnist";
  report.split = "test";
  report.weights = "ema";
  report.seed = UINT64_MAX;
  report.length = 784;
  report.profile = {{.first_count = 1, .last_count = 1, .samples = 3, .sum = 4.5, .sum_squares = 7.0},
                    {.first_count = 2, .last_count = 784, .samples = 53, .sum = 99.0, .sum_squares = 200.0}};
  return report;
}

TEST(EvaluationOutputTest, JsonHasEveryFigureUnderItsName) {
  const auto object = nlohmann::json::parse(evaluation_json(example()));
  EXPECT_EQ(object.at("schema_version"), 1);
  EXPECT_EQ(object.at("bits_per_dim"), 8.0);
  EXPECT_EQ(object.at("standard_error"), 0.25);
  EXPECT_EQ(object.at("mask_standard_error"), 0.125);
  EXPECT_EQ(object.at("confidence_low"), 7.51);
  EXPECT_EQ(object.at("confidence_high"), 8.49);
  EXPECT_EQ(object.at("examples"), 7);
  EXPECT_EQ(object.at("passes"), 8);
  EXPECT_EQ(object.at("replicates"), 2);
  EXPECT_EQ(object.at("estimator"), "count-stratified");
  EXPECT_EQ(object.at("control"), 0.0);
  EXPECT_EQ(object.at("dataset"), "fashion-mnist");
  EXPECT_EQ(object.at("split"), "test");
  EXPECT_EQ(object.at("weights"), "ema");
  EXPECT_EQ(object.at("seed"), UINT64_MAX);
  EXPECT_EQ(object.at("length"), 784);
  EXPECT_EQ(object.at("conditional_on_label"), false);
  EXPECT_FALSE(object.contains("label_bits_per_dim"));
  EXPECT_EQ(object.at("profile").size(), 2U);
  EXPECT_EQ(object.at("profile").at(1).at("samples"), 53);
}

TEST(EvaluationOutputTest, JsonIsOneLineAndHoldsNullForWhatIsNotKnown) {
  EvaluationReport report = example();
  report.standard_error = std::numeric_limits<double>::quiet_NaN();
  report.dataset = "custom-\xff\n";
  const std::string text = evaluation_json(report);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_TRUE(nlohmann::json::parse(text).at("standard_error").is_null());
}

TEST(EvaluationOutputTest, TextShowsSixDecimalsAndTheCount) {
  const std::string text = evaluation_text(example());
  EXPECT_TRUE(text.starts_with("bits/dim 8.000000 +- 0.250000 (95 %: 7.510000 to 8.490000;")) << text;
  EXPECT_NE(text.find("fashion-mnist test, 7 examples, 8 forward passes each in 2 replicates"), std::string::npos);
}

TEST(EvaluationOutputTest, SaysWhatTheControlVariateWeighed) {
  EvaluationReport report = example();
  EXPECT_NE(evaluation_text(report).find(", count-stratified, ema weights"), std::string::npos);
  report.estimator = "count-controlled";
  report.control = 0.85;
  EXPECT_NE(evaluation_text(report).find(", count-controlled (control 0.85), ema weights"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(evaluation_json(report)).at("control"), 0.85);
}

TEST(EvaluationOutputTest, ALimitedEvaluationSaysOfHowMany) {
  EvaluationReport report = example();
  report.dataset_size = 10000;
  EXPECT_NE(evaluation_text(report).find("test, 7 of 10000 examples, 8 forward"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(evaluation_json(report)).at("dataset_size"), 10000);
  report.dataset_size = 7;
  EXPECT_NE(evaluation_text(report).find("test, 7 examples, 8 forward"), std::string::npos);
}

// log2(10) / 784 = 3.3219280949 / 784.
TEST(EvaluationOutputTest, AFigureThatKnowsTheClassSaysWhatItLeavesOut) {
  EvaluationReport report = example();
  EXPECT_EQ(evaluation_text(report).find("label"), std::string::npos);
  report.classes = 10;
  const std::string text = evaluation_text(report);
  EXPECT_NE(text.find("conditional on the class label, which the model is told: log2(10)/784 = 0.004237 bits/dim for "
                      "telling it are not added\n"),
            std::string::npos)
      << text;
  const auto object = nlohmann::json::parse(evaluation_json(report));
  EXPECT_EQ(object.at("conditional_on_label"), true);
  EXPECT_EQ(object.at("label_classes"), 10);
  EXPECT_NEAR(object.at("label_bits_per_dim").get<double>(), 0.00423715318, 1e-10);
  EXPECT_EQ(object.at("label_bits_added"), false);
  EXPECT_EQ(object.at("bits_per_dim"), 8.0);
}

TEST(EvaluationOutputTest, AnExactOrderHasNoMaskNoise) {
  EvaluationReport report = example();
  report.replicates = 1;
  report.passes = 784;
  report.estimator = "exact-order raster, 784 groups";
  const std::string text = evaluation_text(report);
  EXPECT_NE(text.find("to 8.490000; exact on these examples)"), std::string::npos) << text;
  EXPECT_NE(text.find("784 forward passes each, exact-order raster, 784 groups, ema weights\n"), std::string::npos)
      << text;
}

TEST(EvaluationOutputTest, ASingleExampleHasNoErrorBar) {
  EvaluationReport report = example();
  report.examples = 1;
  report.standard_error = std::numeric_limits<double>::quiet_NaN();
  const std::string text = evaluation_text(report);
  EXPECT_TRUE(text.starts_with("bits/dim 8.000000\n")) << text;
  EXPECT_NE(text.find("1 example, "), std::string::npos);
}

}  // namespace
}  // namespace veil::cli
