// Sampling from a network with learned powers (GenMD4), against the exact law of its steps by enumeration.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

#include "sample/categorical.h"
#include "support/value_toy.h"
#include "veil/nn/evaluation_mode.h"
#include "veil/sample/sampler.h"

namespace veil {
namespace {

using State = std::vector<int64_t>;
using Law = std::map<State, double>;

constexpr int64_t kLength = 3;
constexpr int64_t kVocab = 2;

// The law after a step from t to s: every masked position by itself.
Law step(test::ValueToy& toy, const PowerSchedule& schedule, const Law& law, double s, double t) {
  Law next;
  for (const auto& [state, probability] : law) {
    const DenoiserInput input{.z = torch::tensor(state).unsqueeze(0), .noise_level = torch::full({1}, t), .labels = {}};
    const auto p = torch::softmax(toy.logits(input)[0].to(torch::kFloat32).to(torch::kFloat64), 1);
    Law reached{{state, probability}};
    for (int64_t i = 0; i < kLength; ++i) {
      if (state[i] != kVocab) {
        continue;
      }
      Law further;
      for (const auto& [from, mass] : reached) {
        double stays = 1;
        for (int64_t v = 0; v < kVocab; ++v) {
          State to = from;
          to[i] = v;
          const double reveal = p[i][v].item<double>() * (1 - std::pow(s / t, schedule.powers()[v]));
          further[to] += mass * reveal;
          stays -= reveal;
        }
        further[from] += mass * stays;
      }
      reached = further;
    }
    for (const auto& [to, mass] : reached) {
      next[to] += mass;
    }
  }
  return next;
}

TEST(JumpLaw, SamplesHaveTheExactLawOfTheSteps) {
  test::ValueToy toy(kLength, kVocab, Powers::kFree);
  toy.set_raw_powers({0.6, -0.6});
  const torch::NoGradGuard no_grad;
  const SampleOptions options{.count = 40000, .steps = 3, .seed = 11, .rows_per_call = 1000};
  Law law{{State(kLength, kVocab), 1.0}};
  const auto times = time_grid(options.grid, options.steps);
  for (size_t i = 0; i + 1 < times.size(); ++i) {
    law = step(toy, *power_schedule(toy), law, times[i + 1], times[i]);
  }
  const auto samples = sample(toy, options);
  std::map<State, double> seen;
  for (int64_t k = 0; k < options.count; ++k) {
    const auto* row = samples.const_data_ptr<int64_t>() + k * kLength;
    seen[State(row, row + kLength)] += 1;
  }
  double chi_square = 0;
  double total = 0;
  for (const auto& [state, probability] : law) {
    const double expected = probability * static_cast<double>(options.count);
    if (expected > 1e-9) {  // the last step leaves rounding errors at states that hold a mask
      chi_square += std::pow(seen[state] - expected, 2) / expected;
    }
    total += probability;
  }
  EXPECT_NEAR(total, 1.0, 1e-12);
  EXPECT_EQ(samples.max().item<int64_t>(), kVocab - 1);
  EXPECT_LT(chi_square, 24.3);  // 99.9 % point with 7 degrees of freedom
}

TEST(JumpLaw, SampleKDoesNotDependOnTheCount) {
  test::ValueToy toy(kLength, kVocab, Powers::kFree);
  SampleOptions options{.count = 20, .steps = 4, .seed = 2, .rows_per_call = 8};
  const auto all = sample(toy, options);
  options.count = 1;
  options.first = 13;
  EXPECT_TRUE(sample(toy, options)[0].equal(all[13]));
}

TEST(DrawJump, RevealsAllWhereItIsCertainAndNothingOfProbabilityZero) {
  const std::vector<float> logits{0.0F, 1.0F, -INFINITY};
  const std::vector<double> certain{1.0, 1.0, 1.0};
  const std::vector<double> half{0.0, 0.5, 0.5};
  const double last = 1 - 0x1p-53;
  EXPECT_EQ(draw_jump(logits.data(), certain.data(), 3, 1.0, last, last), 1);
  EXPECT_EQ(draw_jump(logits.data(), certain.data(), 3, 1.0, 0x1p-53, 0x1p-53), 0);
  EXPECT_EQ(draw_jump(logits.data(), half.data(), 3, 1.0, 0x1p-53, 0x1p-53), 1);
  EXPECT_EQ(draw_jump(logits.data(), half.data(), 3, 1.0, last, 0.5), std::nullopt);
}

}  // namespace
}  // namespace veil
