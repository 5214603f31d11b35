// The loss of GenMD4 and its gradient against enumeration of all masks and Gauss-Legendre quadrature in time.
#include "objective/value_schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "base/torch.h"
#include "objective/masked_loss.h"
#include "support/value_toy.h"
#include "veil/base/error.h"
#include "veil/diffusion/power_schedule.h"

namespace veil {
namespace {

using test::ValueToy;

constexpr int64_t kVocab = 3;
constexpr double kFirstTime = 0.01;

torch::Tensor example() { return torch::tensor({0, 2, 1, 2}, torch::kInt64); }

TokenBatch copies(int64_t count) {
  return {.tokens = example().unsqueeze(0).repeat({count, 1}), .labels = {}, .example_ids = torch::arange(count)};
}

ObjectiveOptions options_with(PowerGradient gradient) {
  return {.form = ObjectiveForm::kTime, .schedule = {}, .power_gradient = gradient, .first_time = kFirstTime};
}

struct Measured {
  torch::Tensor mean;   // [1 + V]: nats, then the gradient
  torch::Tensor error;  // standard errors
};

Measured measured_bound(ValueToy& toy, PowerGradient gradient, int64_t rounds) {
  std::vector<torch::Tensor> draws;
  const int64_t size = 512;
  for (int64_t step = 0; step < rounds; ++step) {
    const NoiseContext noise{.seed = 3, .step = step, .first = 0, .global_size = size};
    const auto loss =
        continuous_time_loss(toy, copies(size), options_with(gradient), noise, torch::kCPU).total().mean();
    const auto grad = torch::autograd::grad({loss}, {toy.raw_powers()})[0];
    draws.push_back(torch::cat({loss.detach().view(1), grad}).to(torch::kFloat64));
  }
  const auto all = torch::stack(draws);
  return {all.mean(0), all.std(0) / std::sqrt(static_cast<double>(rounds))};
}

class ValueSchedule : public testing::TestWithParam<PowerGradient> {};

TEST_P(ValueSchedule, LossAndGradientOfThePowersAgreeWithEnumeration) {
  ValueToy toy(4, kVocab, Powers::kFree);
  toy.set_raw_powers({0.4, -0.7, 0.2});
  const auto exact = test::enumerated_bound(toy, example(), kFirstTime);
  const auto measured = measured_bound(toy, GetParam(), 400);
  const auto want = torch::cat({torch::tensor({exact.nats}, torch::kFloat64), exact.gradient});
  const auto off = ((measured.mean - want) / measured.error).abs();
  EXPECT_LT(off.max().item<double>(), 4.0) << measured.mean << want << measured.error;
  const auto power = measured.error.slice(0, 1).norm() / exact.gradient.norm();
  EXPECT_LT(power.item<double>(), 0.2) << "the test has no power";
}

INSTANTIATE_TEST_SUITE_P(Both, ValueSchedule, testing::Values(PowerGradient::kLeaveOneOut, PowerGradient::kDisarm));

TEST(ValueScheduleLoss, EqualPowersGiveTheCrossEntropy) {
  const torch::NoGradGuard no_grad;
  ValueToy toy(4, kVocab, Powers::kFree);
  const auto batch = copies(64);
  const PowerSchedule schedule({1.0, 1.0, 1.0});
  const std::vector<double> times(64, 0.6);
  const NoiseKey key{.seed = 1, .purpose = NoisePurpose::kTrainMask};
  const auto masked = mask_by_powers(batch.tokens, times, schedule, batch.example_ids, key);
  const auto same = mask_by_fraction(batch.tokens, times, batch.example_ids, kVocab, key);
  EXPECT_TRUE(masked.z.equal(same.z));
  const std::vector<double> level(64, 0.6);
  const auto jump = masked_jump_loss(toy, batch.tokens, masked, level, {}, toy.powers()->values(), torch::kCPU);
  const auto nats = masked_cross_entropy(toy, batch.tokens, same, level, {}, torch::kCPU);
  EXPECT_LT((jump - nats).abs().max().item<double>(), 1e-12);
}

TEST(ValueScheduleLoss, ReconstructionIsTheExpectedCrossEntropyOfWhatIsStillMasked) {
  const std::vector<double> w{0.5, 1.0, 2.0};
  const double t = 0.1;
  double want = 0;
  const double total = std::pow(t, 0.5) + t + t * t;
  for (const int64_t v : {0, 2, 1, 2}) {
    want -= std::pow(t, w[v]) * std::log(std::pow(t, w[v]) / total);
  }
  const auto got = value_reconstruction(example().unsqueeze(0), torch::tensor(w, torch::kFloat64), t, 0.0);
  EXPECT_NEAR(got.item<double>(), want, 1e-14);
  const auto of_each_value =
      value_reconstruction(torch::arange(3).unsqueeze(1), torch::tensor(w, torch::kFloat64), t, 0.0);
  EXPECT_NEAR(of_each_value.index_select(0, example()).sum().item<double>(), want, 1e-14);
}

TEST(ValueScheduleLoss, RefusesTheCountForm) {
  ValueToy toy(4, kVocab, Powers::kFree);
  ObjectiveOptions options;
  const NoiseContext noise{.seed = 0, .step = 0, .first = 0, .global_size = 2};
  EXPECT_THROW((void)continuous_time_loss(toy, copies(2), options, noise, torch::kCPU), InvalidArgument);
}

TEST(TokenPowers, StartAtOneAndKeepTheirGeometricMean) {
  for (const Powers kind : {Powers::kFree, Powers::kSmooth, Powers::kSoftplus}) {
    ValueToy toy(4, 16, kind);
    const torch::NoGradGuard no_grad;
    EXPECT_LT((toy.powers()->values() - 1).abs().max().item<float>(), 1e-6F);
    toy.raw_powers().add_(torch::linspace(0, 0.1, toy.raw_powers().numel()));
    const double log_mean = toy.powers()->values().log().mean().item<double>();
    EXPECT_EQ(std::abs(log_mean) < 1e-6, kind != Powers::kSoftplus) << log_mean;
  }
}

}  // namespace
}  // namespace veil
