#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "toys/oracle_denoiser.h"
#include "toys/toy_bounds.h"
#include "toys/toy_dataset.h"
#include "veil/evaluate/evaluator.h"

namespace veil {
namespace {

// Every state of the joint as often as its probability says, of which `total` copies are made (all must come out
// whole).
torch::Tensor all_states(const ToyJoint& joint, int64_t total) {
  std::vector<torch::Tensor> rows;
  for (int64_t state = 0; state < joint.states(); ++state) {
    auto row = torch::empty({1, joint.length}, torch::kUInt8);
    for (int64_t i = 0; i < joint.length; ++i) {
      row.data_ptr<uint8_t>()[i] = static_cast<uint8_t>(joint.token(state, i));
    }
    rows.push_back(row.repeat({std::llround(joint.p[state] * static_cast<double>(total)), 1}));
  }
  return torch::cat(rows);
}

EvaluationReport measure(const ToyJoint& joint, const ToyConditionals& model, const torch::Tensor& tokens,
                         EvaluationOptions options) {
  OracleDenoiser network(model);
  options.batch_size = 256;
  options.rows_per_call = 512;
  return evaluate(network, toy_dataset(tokens, joint.vocab), options);
}

// The data are the joint itself, each state in proportion, so that only the mask noise separates the figure from the
// bound, which is enumerated. Also tries the error bar: the figure must be neither far outside it nor far inside.
void expect_unbiased(const EvaluationOptions& options) {
  const auto joint = markov_joint(4, 2, 3.0);
  const ToyConditionals model(joint, /*strength=*/0.7);
  const auto tokens = all_states(joint, 128);
  ASSERT_EQ(tokens.size(0), 128);
  const double exact = bits_per_dim(exact_bound(joint, model), joint.length);
  double squares = 0;
  double sum = 0;
  double mean_error = 0;
  constexpr int kRepeats = 40;
  for (int seed = 0; seed < kRepeats; ++seed) {
    EvaluationOptions seeded = options;
    seeded.seed = static_cast<uint64_t>(seed);
    const auto report = measure(joint, model, tokens, seeded);
    sum += report.bits_per_dim - exact;
    squares += std::pow((report.bits_per_dim - exact) / report.mask_standard_error, 2);
    mean_error += report.mask_standard_error / kRepeats;
  }
  EXPECT_LT(std::abs(sum / kRepeats), 4 * mean_error / std::sqrt(kRepeats));
  EXPECT_NEAR(squares / kRepeats, 1.0, 4 * std::sqrt(2.0 / kRepeats));
  ::testing::Test::RecordProperty("bias_over_error", std::to_string(sum / std::sqrt(kRepeats) / mean_error));
  ::testing::Test::RecordProperty("mask_error", std::to_string(mean_error));
}

TEST(EstimatorTest, CountFormIsUnbiased) {
  expect_unbiased({.passes = 8, .replicates = 2});
  expect_unbiased({.passes = 3, .replicates = 3});
}

TEST(EstimatorTest, TimeFormIsUnbiasedForEverySchedule) {
  for (const char* schedule : {"linear", "cosine", "poly3"}) {
    SCOPED_TRACE(schedule);
    expect_unbiased({.form = ObjectiveForm::kTime, .schedule = parse_schedule(schedule), .passes = 8});
  }
}

// Reconstruction and prior terms make up for the clipped ends, from above.
TEST(EstimatorTest, ClippedTimeFormIsNotBelowTheBound) {
  const auto joint = markov_joint(4, 2, 3.0);
  const ToyConditionals model(joint);
  EvaluationOptions options{.form = ObjectiveForm::kTime, .schedule = {.clip = 0.1}, .passes = 64};
  const auto report = measure(joint, model, all_states(joint, 128), options);
  const double exact = bits_per_dim(joint.entropy(), joint.length);
  EXPECT_GT(report.bits_per_dim, exact - 3 * report.mask_standard_error);
  EXPECT_LT(report.bits_per_dim, exact + 0.2);
}

TEST(EstimatorTest, TrueConditionalsMeasureTheEntropy) {
  const auto joint = random_joint(5, 3, 2);
  const auto tokens = draw_tokens(EnumeratedToy(joint), 4000, 1);
  const auto report = measure(joint, ToyConditionals(joint), tokens, {.passes = 10});
  EXPECT_NEAR(report.bits_per_dim, bits_per_dim(joint.entropy(), joint.length), 4 * report.standard_error);
  EXPECT_LT(report.standard_error, 0.02);
}

// Over repeated draws of data and masks the 95 % interval holds the bound of the population: with replicates of one
// pass, which have no control variate, and of three.
TEST(EstimatorTest, IntervalCoversThePopulationBoundAsOftenAsItSays) {
  const auto joint = random_joint(4, 3, 5);
  const ToyConditionals model(joint, /*strength=*/0.5);
  const double exact = bits_per_dim(exact_bound(joint, model), joint.length);
  constexpr int kRepeats = 400;
  for (const int64_t passes : {2, 6}) {
    int covered = 0;
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
      const auto seed = static_cast<uint64_t>(repeat);
      const auto tokens = draw_tokens(EnumeratedToy(joint), 100, seed);
      const auto report = measure(joint, model, tokens, {.passes = passes, .seed = seed});
      covered += report.confidence_low <= exact && exact <= report.confidence_high ? 1 : 0;
    }
    RecordProperty("covered_" + std::to_string(passes), covered);
    EXPECT_GE(covered, 0.92 * kRepeats) << passes;
    EXPECT_LE(covered, 0.98 * kRepeats) << passes;
  }
}

TEST(EstimatorTest, ProfileAddsUpToTheEstimateWithoutControlVariate) {
  const auto joint = random_joint(5, 3, 2);
  const auto report =
      measure(joint, ToyConditionals(joint), draw_tokens(EnumeratedToy(joint), 50, 1), {.passes = 6, .control = 0.0});
  double sum = 0;
  int64_t samples = 0;
  for (const auto& bin : report.profile) {
    sum += bin.sum;
    samples += bin.samples;
  }
  EXPECT_EQ(samples, 50 * 6);
  EXPECT_NEAR(bits_per_dim(5 * sum / static_cast<double>(samples), 5), report.bits_per_dim, 1e-12);
}

// The mean of S/k in each bin is the profile g(k), which is enumerated; for 5 tokens every bin is one count.
TEST(EstimatorTest, ProfileIsTheMeanCrossEntropyByCount) {
  const auto joint = markov_joint(5, 2, 3.0);
  const ToyConditionals model(joint, /*strength=*/0.3);
  const auto sums = mean_sums(joint, model);
  const auto report = measure(joint, model, draw_tokens(EnumeratedToy(joint), 4000, 1), {.passes = 10});
  ASSERT_EQ(report.profile.size(), 5U);
  for (const auto& bin : report.profile) {
    const auto samples = static_cast<double>(bin.samples);
    const double mean = bin.sum / samples;
    const double error = std::sqrt((bin.sum_squares / samples - mean * mean) / samples);
    EXPECT_NEAR(mean, sums[bin.first_count] / static_cast<double>(bin.first_count), 5 * error) << bin.first_count;
  }
}

}  // namespace
}  // namespace veil
