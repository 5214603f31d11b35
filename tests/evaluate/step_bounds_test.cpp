// Bounds in T steps by direct Monte Carlo and by the profile, against enumeration and closed forms.
#include "evaluate/step_bounds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluate/profile.h"
#include "evaluate/statistics.h"
#include "support/toy_denoiser.h"
#include "toys/oracle_denoiser.h"
#include "toys/toy_bounds.h"
#include "toys/toy_dataset.h"
#include "veil/base/error.h"
#include "veil/diffusion/time_grid.h"
#include "veil/evaluate/discrete_bound.h"
#include "veil/evaluate/information_profile.h"

namespace veil {
namespace {

constexpr const char* kSchedules[] = {"linear", "cosine", "poly3", "geometric"};

EvaluationOptions eight_passes() {
  EvaluationOptions options;
  options.passes = 8;
  return options;
}

void expect_near(const std::vector<double>& figures, double want, const std::string& what) {
  EXPECT_NEAR(mean_of(figures), want, 4.5 * error_of_mean(figures) + 1e-8) << what;
  EXPECT_LT(error_of_mean(figures), 0.05 * want) << what;
}

TEST(StepBoundsTest, DirectEstimateHasTheExpectationOfTheEnumeration) {
  const EnumeratedToy toy(random_joint(5, 3, 4));
  const ToyConditionals model(toy.joint(), 0.9);
  OracleDenoiser network(model);
  const auto data = toy_dataset(draw_tokens(toy, 1500, 2), 3);
  const auto profile = profile_of(mean_sums(toy.joint(), model));
  for (const char* name : kSchedules) {
    const MaskSchedule schedule(parse_schedule(name));
    for (const int64_t steps : {1, 3, 20}) {
      const auto times = time_grid(steps == 3 ? TimeGridKind::kCosine : TimeGridKind::kUniform, steps);
      const auto figures = direct_step_bounds(network, data, schedule, times, eight_passes());
      expect_near(figures, discrete_bound(profile, schedule, times), concat(name, " ", steps));
    }
  }
}

// L_T = (n ln V / T) sum over i of (i/T)^(n-1): every row of such data has it.
TEST(StepBoundsTest, DirectEstimateOfEqualTokensHasTheClosedForm) {
  const EnumeratedToy toy(all_equal_joint(4, 3));
  OracleDenoiser network(toy);
  const auto data = toy_dataset(draw_tokens(toy, 2000, 5), 3);
  for (const int64_t steps : {1, 2, 10}) {
    double want = 0;
    for (int64_t i = 1; i <= steps; ++i) {
      want += std::pow(static_cast<double>(i) / static_cast<double>(steps), 3) / static_cast<double>(steps);
    }
    want *= 4 * std::log(3.0);
    const auto figures =
        direct_step_bounds(network, data, MaskSchedule(), time_grid(TimeGridKind::kUniform, steps), eight_passes());
    expect_near(figures, want, concat(steps));
  }
}

TEST(StepBoundsTest, PassesAreThoseOfTheEvaluationAndSomeAtTheEdge) {
  const EnumeratedToy toy(markov_joint(6, 3, 4.0));
  OracleDenoiser network(toy);
  const auto data = toy_dataset(draw_tokens(toy, 50, 2), 3);
  const auto options = eight_passes();
  const auto passes = profile_passes(network, data, options);
  EXPECT_EQ(passes.passes, 8 + kEdgePasses);
  EXPECT_EQ(passes.examples(), 50);
  Profile profile(6);
  for (int64_t i = 0; i < 50; ++i) {
    for (int64_t j = 0; j < 8; ++j) {
      profile.add(passes.counts[i * passes.passes + j], passes.nats[i * passes.passes + j]);
    }
  }
  const auto report = evaluate(network, data, options);
  ASSERT_EQ(profile.bins().size(), report.profile.size());
  for (size_t b = 0; b < report.profile.size(); ++b) {
    EXPECT_EQ(profile.bins()[b].samples, report.profile[b].samples);
    EXPECT_NEAR(profile.bins()[b].sum, report.profile[b].sum, 1e-9);
  }
}

// Examples that differ by 1.7 leave a bin of a hundred with an error of 0.17; what is left of it is that of the counts.
TEST(StepBoundsTest, WhatExamplesHaveInCommonIsTakenOff) {
  ProfilePasses passes{.length = 4, .passes = 4, .stratified = 4, .counts = {}, .nats = {}};
  std::vector<int64_t> examples;
  std::vector<double> shifts;
  for (int64_t i = 0; i < 200; ++i) {
    const NoiseKey key{.seed = 6, .purpose = NoisePurpose::kToy};
    examples.push_back(i);
    shifts.push_back(6 * uniform_double(key, i, 9));
    for (uint32_t j = 0; j < 4; ++j) {  // k in {1, 2}, then in {3, 4}
      passes.counts.push_back(1 + 2 * (j / 2) + (uniform_double(key, i, j) < 0.5 ? 0 : 1));
      passes.nats.push_back(static_cast<double>(passes.counts.back()) + shifts.back());
    }
  }
  const auto bins = profile_bins(passes, examples);
  ASSERT_EQ(bins.size(), 4U);
  for (const auto& bin : bins) {
    const double want = static_cast<double>(bin.first_count) + mean_of(shifts);
    EXPECT_NEAR(bin.sum / static_cast<double>(bin.samples), want, 0.06) << bin.first_count;
  }
}

// With a count to each bin the curve is the profile itself, and both ways give one number.
TEST(StepBoundsTest, ProfileAndDirectEstimateAgree) {
  const EnumeratedToy toy(markov_joint(6, 3, 4.0));
  OracleDenoiser network(toy);
  const auto data = toy_dataset(draw_tokens(toy, 2000, 2), 3);
  const auto passes = profile_passes(network, data, eight_passes());
  const auto curve = information_profile(profile_bins(passes, all_examples(passes)));
  const auto exact = profile_of(mean_sums(toy.joint(), ToyConditionals(toy.joint())));
  for (size_t k = 0; k < curve.size(); ++k) {
    EXPECT_NEAR(curve[k], exact[k], 0.03) << k;
  }
  for (const char* name : kSchedules) {
    const MaskSchedule schedule(parse_schedule(name));
    const auto times = time_grid(TimeGridKind::kUniform, 4);
    const auto figures = direct_step_bounds(network, data, schedule, times, eight_passes());
    EXPECT_NEAR(mean_of(figures), discrete_bound(curve, schedule, times), 5 * error_of_mean(figures)) << name;
  }
}

// With a count to each bin and profiles that do not fall the figure is the mean over examples of what they cost, so its
// error must be theirs. All of it at once: the bound, a grid of two steps, the difference of both.
TEST(StepBoundsTest, FiguresOfAProfileHaveTheErrorsOfTheExamples) {
  ProfilePasses passes{.length = 4, .passes = 4, .stratified = 4, .counts = {}, .nats = {}};
  std::vector<double> bounds;
  std::vector<double> grids;
  for (int64_t i = 0; i < 300; ++i) {
    const double shift = uniform_double({.seed = 4, .purpose = NoisePurpose::kToy}, i);
    for (int64_t k = 1; k <= 4; ++k) {
      passes.counts.push_back(k);
      passes.nats.push_back(static_cast<double>(k) * (1 + shift));
    }
    bounds.push_back(10 * (1 + shift));
    grids.push_back(3 * 4 * (1 + shift) + 1 * (1 + shift));
  }
  const std::vector<int64_t> counts{4, 1, 0};
  const auto figures =
      profile_figures(passes, all_examples(passes), {{1, 1, 1, 1}, count_grid_weights(counts)}, 400, 1);
  EXPECT_NEAR(figures.values[0], mean_of(bounds), 1e-9);
  EXPECT_NEAR(figures.values[1], mean_of(grids), 1e-9);
  EXPECT_NEAR(figures.error(0) / error_of_mean(bounds), 1, 0.12);
  EXPECT_NEAR(figures.error(1) / error_of_mean(grids), 1, 0.12);
  EXPECT_NEAR(figures.error_of_difference(1, 0) / (error_of_mean(bounds) * 0.3), 1, 0.12);
}

// The spread of the mean over examples drawn again is its standard error.
TEST(StepBoundsTest, DrawingAgainGivesTheStandardError) {
  std::vector<double> values(400);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] = uniform_double({.seed = 9, .purpose = NoisePurpose::kToy}, i);
  }
  std::vector<double> means;
  for (int64_t round = 0; round < 400; ++round) {
    double sum = 0;
    for (const int64_t i : drawn_again(400, 1, round)) {
      ASSERT_TRUE(i >= 0 && i < 400);
      sum += values[i];
    }
    means.push_back(sum / 400);
  }
  EXPECT_NEAR(std::sqrt(variance_of(means)) / error_of_mean(values), 1, 0.12);
  EXPECT_EQ(drawn_again(5, 1, 2), drawn_again(5, 1, 2));
  EXPECT_NE(drawn_again(50, 1, 2), drawn_again(50, 1, 3));
}

TEST(StepBoundsTest, EndsAreWhatTheScheduleLeavesOpen) {
  EXPECT_EQ(end_nats(MaskSchedule(), 10, 256), 0);
  const MaskSchedule geometric(parse_schedule("geometric"));
  EXPECT_NEAR(end_nats(geometric, 10, 256), 10 * std::log(256.0) * (1e-5 + std::exp(-20.0)), 1e-8);
}

TEST(StepBoundsTest, RefusesWhatHasNoProfile) {
  const EnumeratedToy toy(all_equal_joint(4, 3));
  OracleDenoiser powers(toy, {.condition = Condition::kTime, .powers = Powers::kFree});
  const auto data = toy_dataset(draw_tokens(toy, 4, 5), 3);
  EXPECT_THROW((void)profile_passes(powers, data, eight_passes()), InvalidArgument);
  OracleDenoiser network(toy);
  EXPECT_THROW((void)direct_step_bounds(network, data, MaskSchedule(), std::vector<double>{1}, eight_passes()),
               InvalidArgument);
  auto options = eight_passes();
  options.form = ObjectiveForm::kTime;
  EXPECT_THROW((void)profile_passes(network, data, options), InvalidArgument);
}

}  // namespace
}  // namespace veil
