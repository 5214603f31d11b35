#include "selfcheck/sampler_law.h"

#include <gtest/gtest.h>

#include <vector>

#include "toys/oracle_denoiser.h"
#include "veil/sample/sampler.h"

namespace veil {
namespace {

torch::Tensor draw(const ToyConditionals& model, SampleOptions options) {
  OracleDenoiser network(model);
  options.count = 20000;
  options.rows_per_call = 1000;
  return sample(network, options);
}

TEST(SamplerLawTest, IndependentTokensAreExactForAnyNumberOfSteps) {
  const auto joint = product_joint(3, {0.6, 0.3, 0.1});
  const ToyConditionals model(joint);
  for (const int64_t steps : {1, 2, 5}) {
    EXPECT_LT(chi_square_score(draw(model, {.steps = steps}), joint, joint.p), 4.0) << steps << " steps";
  }
}

TEST(SamplerLawTest, EqualsTheEnumeratedLawOfTheStepsTaken) {
  const auto joint = markov_joint(4, 2, 6.0);
  const ToyConditionals model(joint, /*strength=*/0.5);
  std::vector<MaskScheduleOptions> schedules(4);
  schedules[1].kind = ScheduleKind::kCosine;
  schedules[2] = {.kind = ScheduleKind::kPolynomial, .exponent = 0.5};
  schedules[3].clip =
      0.2;  // a fifth is still masked after the last step's own probability: drawn, not the likeliest value
  for (const auto& schedule : schedules) {
    for (const auto grid : {TimeGridKind::kUniform, TimeGridKind::kCosine}) {
      for (const int64_t steps : {1, 2, 3}) {
        const SampleOptions options{.steps = steps, .grid = grid, .schedule = schedule};
        const auto law = ancestral_law(joint, model, options);
        EXPECT_LT(chi_square_score(draw(model, options), joint, law), 4.0)
            << schedule_name(schedule) << " clip " << schedule.clip << ", " << steps << " steps";
      }
    }
  }
}

// The test above can tell laws apart: with few steps the samples are visibly not of the joint.
TEST(SamplerLawTest, FewStepsOfACoupledJointAreNotTheJoint) {
  const auto joint = markov_joint(4, 2, 6.0);
  const ToyConditionals model(joint);
  EXPECT_GT(chi_square_score(draw(model, {.steps = 2}), joint, joint.p), 20.0);
}

TEST(SamplerLawTest, ManyStepsWithTrueConditionalsComeCloseToTheJoint) {
  const auto joint = markov_joint(4, 2, 6.0);
  const ToyConditionals model(joint);
  double last = 1e9;
  for (const int64_t steps : {4, 16, 64, 256}) {
    const double gap = divergence(joint.p, ancestral_law(joint, model, {.steps = steps}));
    EXPECT_LT(gap, last / 8) << steps << " steps";
    last = gap;
  }
  EXPECT_LT(last, 1e-4);
  EXPECT_LT(chi_square_score(draw(model, {.steps = 256}), joint, joint.p), 4.0);
}

TEST(SamplerLawTest, TemperatureSharpensIndependentTokens) {
  const auto joint = product_joint(2, {0.6, 0.3, 0.1});
  const auto sharp = product_joint(2, {0.36, 0.09, 0.01});
  const ToyConditionals model(joint);
  EXPECT_LT(chi_square_score(draw(model, {.steps = 2, .temperature = 0.5}), joint, sharp.p), 4.0);
}

}  // namespace
}  // namespace veil
