#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "support/toy_denoiser.h"
#include "veil/sample/sampler.h"

namespace veil {
namespace {

using testing::ToyConditionals;
using testing::ToyDenoiser;
using testing::ToyJoint;

// Adds probability * the law of filling the positions of `reveal` independently to `next`.
void fill(const ToyConditionals& model, const ToyJoint& joint, int64_t partial, uint32_t reveal, double probability,
          std::vector<double>& next) {
  std::vector<std::pair<int64_t, double>> reached{{partial, probability}};
  for (int64_t i = 0; i < joint.length; ++i) {
    if ((reveal >> i & 1U) == 0) {
      continue;
    }
    std::vector<std::pair<int64_t, double>> further;
    for (const auto& [state, p] : reached) {
      for (int64_t v = 0; v < joint.vocab; ++v) {
        further.emplace_back(state - (joint.vocab - v) * model.power(i), p * std::exp(model.log_p(partial, i, v)));
      }
    }
    reached = std::move(further);
  }
  for (const auto& [state, p] : reached) {
    next[state] += p;
  }
}

// The exact law of ancestral sampling over the states of the joint, by enumeration: in each step every masked position is
// revealed with probability u, in the last one with probability 1.
std::vector<double> ancestral_law(const ToyJoint& joint, const ToyConditionals& model, const SampleOptions& options) {
  const MaskSchedule schedule(options.schedule);
  const auto times = time_grid(options.grid, options.steps);
  std::vector<double> law(static_cast<size_t>(model.partials()));
  law.back() = 1;
  for (int64_t step = 0; step < options.steps; ++step) {
    const double u = step + 1 == options.steps ? 1 : schedule.unmask_probability(times[step + 1], times[step]);
    std::vector<double> next(law.size());
    for (int64_t partial = 0; partial < model.partials(); ++partial) {
      uint32_t masked = 0;
      for (int64_t i = 0; i < joint.length; ++i) {
        masked |= model.is_masked(partial, i) ? 1U << i : 0U;
      }
      for (uint32_t reveal = masked;; reveal = (reveal - 1) & masked) {
        const int revealed = __builtin_popcount(reveal);
        const double p = std::pow(u, revealed) * std::pow(1 - u, __builtin_popcount(masked) - revealed);
        fill(model, joint, partial, reveal, law[partial] * p, next);
        if (reveal == 0) {
          break;
        }
      }
    }
    law = next;
  }
  std::vector<double> states;
  for (int64_t state = 0; state < joint.states(); ++state) {
    states.push_back(law[model.partial_of(joint, state, 0)]);
  }
  return states;
}

double divergence(const std::vector<double>& p, const std::vector<double>& q) {
  double sum = 0;
  for (size_t i = 0; i < p.size(); ++i) {
    sum += p[i] > 0 ? p[i] * std::log(p[i] / q[i]) : 0;
  }
  return sum;
}

// Pearson's statistic of samples against a law, in standard deviations from its mean.
double chi_square_score(const torch::Tensor& samples, const ToyJoint& joint, const std::vector<double>& law) {
  std::vector<double> seen(law.size());
  const auto rows = samples.accessor<int64_t, 2>();
  for (int64_t b = 0; b < samples.size(0); ++b) {
    int64_t state = 0;
    for (int64_t i = joint.length - 1; i >= 0; --i) {
      state = state * joint.vocab + rows[b][i];
    }
    seen[state] += 1;
  }
  double statistic = 0;
  double degrees = -1;
  for (size_t i = 0; i < law.size(); ++i) {
    const double expected = law[i] * static_cast<double>(samples.size(0));
    if (expected > 0) {
      statistic += (seen[i] - expected) * (seen[i] - expected) / expected;
      degrees += 1;
    } else if (seen[i] > 0) {
      return 1e9;
    }
  }
  return (statistic - degrees) / std::sqrt(2 * degrees);
}

torch::Tensor draw(const ToyJoint& joint, const ToyConditionals& model, SampleOptions options) {
  ToyDenoiser network(joint, model);
  options.count = 20000;
  options.rows_per_call = 1000;
  return sample(network, options, torch::kCPU, Precision::kFloat32);
}

TEST(SamplerLawTest, IndependentTokensAreExactForAnyNumberOfSteps) {
  const auto joint = testing::product_joint(3, {0.6, 0.3, 0.1});
  const ToyConditionals model(joint);
  for (const int64_t steps : {1, 2, 5}) {
    EXPECT_LT(chi_square_score(draw(joint, model, {.steps = steps}), joint, joint.p), 4.0) << steps << " steps";
  }
}

TEST(SamplerLawTest, EqualsTheEnumeratedLawOfTheStepsTaken) {
  const auto joint = testing::markov_joint(4, 2, 6.0);
  const ToyConditionals model(joint, /*strength=*/0.5);
  std::vector<MaskScheduleOptions> schedules(4);
  schedules[1].kind = ScheduleKind::kCosine;
  schedules[2] = {.kind = ScheduleKind::kPolynomial, .exponent = 0.5};
  schedules[3].clip = 0.2;  // a fifth is still masked after the last step's own probability: drawn, not the likeliest value
  for (const auto& schedule : schedules) {
    for (const auto grid : {TimeGridKind::kUniform, TimeGridKind::kCosine}) {
      for (const int64_t steps : {1, 2, 3}) {
        const SampleOptions options{.steps = steps, .grid = grid, .schedule = schedule};
        const auto law = ancestral_law(joint, model, options);
        EXPECT_LT(chi_square_score(draw(joint, model, options), joint, law), 4.0)
            << schedule_name(schedule) << " clip " << schedule.clip << ", " << steps << " steps";
      }
    }
  }
}

// The test above can tell laws apart: with few steps the samples are visibly not of the joint.
TEST(SamplerLawTest, FewStepsOfACoupledJointAreNotTheJoint) {
  const auto joint = testing::markov_joint(4, 2, 6.0);
  const ToyConditionals model(joint);
  EXPECT_GT(chi_square_score(draw(joint, model, {.steps = 2}), joint, joint.p), 20.0);
}

TEST(SamplerLawTest, ManyStepsWithTrueConditionalsComeCloseToTheJoint) {
  const auto joint = testing::markov_joint(4, 2, 6.0);
  const ToyConditionals model(joint);
  double last = 1e9;
  for (const int64_t steps : {4, 16, 64, 256}) {
    const double gap = divergence(joint.p, ancestral_law(joint, model, {.steps = steps}));
    EXPECT_LT(gap, last / 8) << steps << " steps";
    last = gap;
  }
  EXPECT_LT(last, 1e-4);
  EXPECT_LT(chi_square_score(draw(joint, model, {.steps = 256}), joint, joint.p), 4.0);
}

TEST(SamplerLawTest, TemperatureSharpensIndependentTokens) {
  const auto joint = testing::product_joint(2, {0.6, 0.3, 0.1});
  const auto sharp = testing::product_joint(2, {0.36, 0.09, 0.01});
  const ToyConditionals model(joint);
  EXPECT_LT(chi_square_score(draw(joint, model, {.steps = 2, .temperature = 0.5}), joint, sharp.p), 4.0);
}

}  // namespace
}  // namespace veil
