#include "cli/terminal/evaluation_output.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>

#include "support/example_report.h"

namespace veil::cli {
namespace {

using test::example_report;

TEST(EvaluationOutputTest, TextShowsSixDecimalsAndTheCount) {
  const std::string text = evaluation_text(example_report());
  EXPECT_TRUE(text.starts_with("bits/dim 8.000000 +- 0.250000 (95 %: 7.510000 to 8.490000;")) << text;
  EXPECT_NE(text.find("fashion-mnist test, 7 examples, 8 forward passes each in 2 replicates"), std::string::npos);
}

TEST(EvaluationOutputTest, SaysWhatTheControlVariateWeighed) {
  EvaluationReport report = example_report();
  EXPECT_NE(evaluation_text(report).find(", count-stratified, ema weights"), std::string::npos);
  report.estimator = "count-controlled";
  report.control = 0.85;
  EXPECT_NE(evaluation_text(report).find(", count-controlled (control 0.85), ema weights"), std::string::npos);
}

TEST(EvaluationOutputTest, ALimitedEvaluationSaysOfHowMany) {
  EvaluationReport report = example_report();
  report.dataset_size = 10000;
  EXPECT_NE(evaluation_text(report).find("test, 7 of 10000 examples, 8 forward"), std::string::npos);
  report.dataset_size = 7;
  EXPECT_NE(evaluation_text(report).find("test, 7 examples, 8 forward"), std::string::npos);
}

TEST(EvaluationOutputTest, ClassesAreATable) {
  EvaluationReport report = example_report();
  EXPECT_EQ(class_table(report), "");
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  report.class_figures = {
      {.label = 0, .name = "T-shirt\x1b", .examples = 12, .bits_per_dim = 3.5, .standard_error = 0.25},
      {.label = 7, .name = "", .examples = 1, .bits_per_dim = 2.0, .standard_error = unknown}};
  EXPECT_EQ(class_table(report),
            "class                     examples  bits/dim +- standard error\n"
            "T-shirt?                  12        3.500000 +- 0.250000\n"
            "class 7                   1         2.000000\n");
}

TEST(EvaluationOutputTest, OfManyClassesTheEndsAreShown) {
  EvaluationReport report = example_report();
  for (int64_t label = 0; label < 41; ++label) {
    report.class_figures.push_back({.label = label,
                                    .name = "",
                                    .examples = 2,
                                    .bits_per_dim = static_cast<double>((label * 7) % 41),
                                    .standard_error = 0.5});
  }
  const std::string text = class_table(report);
  EXPECT_TRUE(text.starts_with("the 20 classes of fewest bits and the 20 of most, of 41; --json has all\n")) << text;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 42);
  EXPECT_EQ(text.find(" 20.000000"), std::string::npos) << "the middle one";
  EXPECT_LT(text.find(" 19.000000"), text.find(" 21.000000"));
}

// log2(10) / 784 = 3.3219280949 / 784.
TEST(EvaluationOutputTest, AFigureThatKnowsTheClassSaysWhatItLeavesOut) {
  EvaluationReport report = example_report();
  EXPECT_EQ(evaluation_text(report).find("label"), std::string::npos);
  report.classes = 10;
  const std::string text = evaluation_text(report);
  EXPECT_NE(text.find("conditional on the class label, which the model is told: log2(10)/784 = 0.004237 bits/dim for "
                      "telling it are not added\n"),
            std::string::npos)
      << text;
}

TEST(EvaluationOutputTest, AnExactOrderHasNoMaskNoise) {
  EvaluationReport report = example_report();
  report.replicates = 1;
  report.passes = 784;
  report.estimator = "exact-order raster, 784 groups";
  const std::string text = evaluation_text(report);
  EXPECT_NE(text.find("to 8.490000; exact on these examples)"), std::string::npos) << text;
  EXPECT_NE(text.find("784 forward passes each, exact-order raster, 784 groups, ema weights\n"), std::string::npos)
      << text;
}

TEST(EvaluationOutputTest, ASingleExampleHasNoErrorBar) {
  EvaluationReport report = example_report();
  report.examples = 1;
  report.standard_error = std::numeric_limits<double>::quiet_NaN();
  const std::string text = evaluation_text(report);
  EXPECT_TRUE(text.starts_with("bits/dim 8.000000\n")) << text;
  EXPECT_NE(text.find("1 example, "), std::string::npos);
}

}  // namespace
}  // namespace veil::cli
