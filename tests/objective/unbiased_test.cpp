#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "toys/oracle_denoiser.h"
#include "toys/toy_bounds.h"
#include "toys/toy_dataset.h"
#include "veil/objective/objective.h"

namespace veil {
namespace {

struct Mean {
  double value = 0;
  double error = 0;
};

// The mean loss over batches of fresh draws. Levels are spread over a batch, so only batches are independent.
Mean mean_loss(const ObjectiveOptions& options, double strength) {
  constexpr int64_t kBatches = 400;
  constexpr int64_t kBatch = 64;
  const auto joint = random_joint(4, 3, 7);
  OracleDenoiser network{ToyConditionals(joint, strength)};
  const auto tokens = draw_tokens(EnumeratedToy(joint), kBatches * kBatch, 11).to(torch::kInt64);
  double sum = 0;
  double squares = 0;
  for (int64_t step = 0; step < kBatches; ++step) {
    const TokenBatch batch{.tokens = tokens.narrow(0, step * kBatch, kBatch).contiguous(),
                           .labels = {},
                           .example_ids = torch::arange(step * kBatch, (step + 1) * kBatch)};
    const NoiseContext noise{.seed = 3, .step = step, .first = 0, .global_size = kBatch};
    const double loss = continuous_time_loss(network, batch, options, noise, torch::kCPU)
                            .total()
                            .to(torch::kFloat64)
                            .mean()
                            .item<double>();
    sum += loss;
    squares += loss * loss;
  }
  const double mean = sum / kBatches;
  return {mean, std::sqrt((squares / kBatches - mean * mean) / (kBatches - 1))};
}

double enumerated(double strength) {
  const auto joint = random_joint(4, 3, 7);
  return exact_bound(joint, ToyConditionals(joint, strength));
}

TEST(UnbiasedTest, CountFormEstimatesTheBound) {
  const auto mean = mean_loss({.form = ObjectiveForm::kCount, .schedule = {}}, 0.8);
  RecordProperty("score", std::to_string((mean.value - enumerated(0.8)) / mean.error));
  EXPECT_NEAR(mean.value, enumerated(0.8), 4 * mean.error);
  EXPECT_LT(mean.error, 0.02 * mean.value);
}

TEST(UnbiasedTest, TimeFormEstimatesTheSameBoundForEverySchedule) {
  for (const char* schedule : {"linear", "cosine", "poly3"}) {
    const auto mean = mean_loss({.form = ObjectiveForm::kTime, .schedule = parse_schedule(schedule)}, 0.8);
    EXPECT_NEAR(mean.value, enumerated(0.8), 4 * mean.error) << schedule;
    EXPECT_LT(mean.error, 0.05 * mean.value) << schedule;
  }
}

// The tests above can see a wrong weight: k in place of n/k, or the mean in place of the sum over masked positions.
TEST(UnbiasedTest, WrongWeightsWouldBeSeen) {
  const auto joint = random_joint(4, 3, 7);
  const auto sums = mean_sums(joint, ToyConditionals(joint, 0.8));
  double by_count = 0;
  double by_mean = 0;
  for (size_t k = 1; k < sums.size(); ++k) {
    by_count += static_cast<double>(k) * sums[k] / 4;
    by_mean += sums[k] / static_cast<double>(k) / 4;
  }
  const auto mean = mean_loss({.form = ObjectiveForm::kCount, .schedule = {}}, 0.8);
  EXPECT_GT(std::abs(by_count - mean.value), 20 * mean.error);
  EXPECT_GT(std::abs(by_mean - mean.value), 20 * mean.error);
}

TEST(UnbiasedTest, TrueConditionalsAreNotBelowTheEntropy) {
  const auto joint = random_joint(4, 3, 7);
  const auto mean = mean_loss({.form = ObjectiveForm::kCount, .schedule = {}}, 0.0);
  EXPECT_NEAR(mean.value, joint.entropy(), 4 * mean.error);
}

}  // namespace
}  // namespace veil
