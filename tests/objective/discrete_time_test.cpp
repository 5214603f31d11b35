// The loss in discrete steps: unbiased for the enumerated bound, the same whole or in parts, and its weights.
#include "veil/objective/discrete_time.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "objective/discrete_steps.h"
#include "toys/oracle_denoiser.h"
#include "toys/toy_bounds.h"
#include "toys/toy_dataset.h"
#include "veil/base/error.h"
#include "veil/diffusion/time_grid.h"
#include "veil/evaluate/discrete_bound.h"

namespace veil {
namespace {

constexpr int64_t kBatch = 64;

TokenBatch batch_of(const torch::Tensor& tokens, int64_t first, int64_t size) {
  return {.tokens = tokens.narrow(0, first, size).contiguous(),
          .labels = {},
          .example_ids = torch::arange(first, first + size)};
}

// The truth, with a record of the times that it was told.
class Told : public OracleDenoiser {
 public:
  using OracleDenoiser::OracleDenoiser;

  [[nodiscard]] torch::Tensor logits(const DenoiserInput& input) override {
    const auto* first = input.noise_level->const_data_ptr<float>();
    times.assign(first, first + input.noise_level->numel());
    return OracleDenoiser::logits(input);
  }

  std::vector<float> times;
};

TEST(DiscreteTimeTest, EstimatesTheBoundOfItsScheduleAndGrid) {
  constexpr int64_t kBatches = 300;
  const auto joint = random_joint(4, 3, 7);
  const ToyConditionals model(joint, 0.8);
  OracleDenoiser network(model);
  const auto sums = mean_sums(joint, model);
  const std::vector<double> profile{sums[1], sums[2] / 2, sums[3] / 3, sums[4] / 4};
  const auto tokens = draw_tokens(EnumeratedToy(joint), kBatches * kBatch, 11).to(torch::kInt64);
  for (const auto& [name, grid, steps] :
       {std::tuple{"linear", TimeGridKind::kUniform, 3}, std::tuple{"cosine", TimeGridKind::kUniform, 8},
        std::tuple{"poly2", TimeGridKind::kCosine, 1}}) {
    DiscreteTimeOptions options;
    options.schedule = parse_schedule(name);
    options.times = time_grid(grid, steps);
    std::vector<double> losses;
    for (int64_t step = 0; step < kBatches; ++step) {
      const NoiseContext noise{.seed = 3, .step = step, .first = 0, .global_size = kBatch};
      const auto terms =
          discrete_time_loss(network, batch_of(tokens, step * kBatch, kBatch), options, noise, torch::kCPU);
      losses.push_back(terms.total().to(torch::kFloat64).mean().item<double>());
    }
    const auto values = torch::tensor(losses, torch::kFloat64);
    const double error = values.std().item<double>() / std::sqrt(static_cast<double>(kBatches));
    const double want = discrete_bound(profile, MaskSchedule(options.schedule), options.times);
    EXPECT_NEAR(values.mean().item<double>(), want, 4 * error) << name;
    EXPECT_LT(error, 0.03 * want) << name;
  }
}

TEST(DiscreteTimeTest, ABatchGivesTheSameTermsWholeOrInParts) {
  const auto joint = random_joint(4, 3, 7);
  OracleDenoiser network(ToyConditionals(joint), {.condition = Condition::kTime});
  const auto tokens = draw_tokens(EnumeratedToy(joint), 6, 11).to(torch::kInt64);
  DiscreteTimeOptions options;
  options.schedule.clip = 1e-4;
  options.times = time_grid(TimeGridKind::kUniform, 5);
  const auto loss = [&](int64_t first, int64_t size) {
    const NoiseContext noise{.seed = 5, .step = 2, .first = first, .global_size = 6};
    return discrete_time_loss(network, batch_of(tokens, first, size), options, noise, torch::kCPU);
  };
  const auto whole = loss(0, 6);
  EXPECT_TRUE(torch::equal(torch::cat({loss(0, 2).total(), loss(2, 4).total()}), whole.total()));
  EXPECT_NEAR(whole.reconstruction[0].item<double>(), 4 * 1e-4 * std::log(3.0), 1e-9);
  EXPECT_NEAR(whole.prior[0].item<double>(), 4 * 1e-4 * std::log(3.0), 1e-9);
}

TEST(DiscreteTimeTest, TheNetworkIsToldTheLaterEndOfTheStep) {
  const auto joint = random_joint(4, 3, 7);
  Told network(ToyConditionals(joint), {.condition = Condition::kTime});
  const auto tokens = draw_tokens(EnumeratedToy(joint), 4, 11).to(torch::kInt64);
  DiscreteTimeOptions options;
  options.times = {1.0, 0.75, 0.5, 0.25, 0.0};
  const NoiseContext noise{.seed = 5, .step = 2, .first = 0, .global_size = 4};
  (void)discrete_time_loss(network, batch_of(tokens, 0, 4), options, noise, torch::kCPU);
  auto told = network.times;
  std::sort(told.begin(), told.end());
  EXPECT_EQ(told, (std::vector<float>{0.25F, 0.5F, 0.75F, 1.0F}));
}

// (alpha_s - alpha_t) / (1 - alpha_t) of the linear schedule with exact ends is 1/i for step t = i/T, s = (i - 1)/T.
TEST(DiscreteTimeTest, WeightsKeepTheirDigitsInAMillionSteps) {
  constexpr int64_t kSteps = 1'000'000;
  const auto times = time_grid(TimeGridKind::kUniform, kSteps);
  const MaskSchedule schedule;
  EXPECT_NEAR(step_weight(schedule, times, 0), 1.0, 1e-9);
  EXPECT_NEAR(step_weight(schedule, times, kSteps / 2), 2.0, 1e-9);
  EXPECT_EQ(step_weight(schedule, times, kSteps - 1), static_cast<double>(kSteps));
}

TEST(DiscreteTimeTest, WhatIsNotAGridIsRefused) {
  const auto joint = random_joint(4, 3, 7);
  OracleDenoiser network{ToyConditionals(joint)};
  const auto batch = batch_of(draw_tokens(EnumeratedToy(joint), 2, 1).to(torch::kInt64), 0, 2);
  const std::vector<std::vector<double>> faults{{}, {1.0}, {0.5, 0.5}, {1.0, NAN}, {2.0, 0.0}};
  for (const auto& times : faults) {
    DiscreteTimeOptions options;
    options.times = times;
    EXPECT_THROW((void)discrete_time_loss(network, batch, options, {}, torch::kCPU), InvalidArgument);
  }
}

}  // namespace
}  // namespace veil
