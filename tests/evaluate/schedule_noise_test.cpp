// The noise of loss and gradient under a schedule, where both have closed forms.
#include "evaluate/schedule_noise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "base/torch.h"
#include "support/toy_denoiser.h"
#include "base/quadrature.h"
#include "toys/toy_dataset.h"
#include "veil/base/error.h"
#include "veil/objective/loss_terms.h"

namespace veil {
namespace {

constexpr int64_t kLength = 16;
constexpr int64_t kVocab = 4;

// The same trained logits everywhere.
class LogitDenoiser : public Denoiser {
 public:
  explicit LogitDenoiser(std::vector<double> values) : Denoiser(testing::toy_options(kLength, kVocab)) {
    logits_ = register_parameter("logits", torch::tensor(values, torch::kFloat64));
  }

  [[nodiscard]] torch::Tensor logits(const DenoiserInput& input) override {
    return logits_.expand({input.z.size(0), kLength, kVocab});
  }

 private:
  torch::Tensor logits_;
};

NoiseArm time_arm(const char* name, double clip) {
  NoiseArm arm{.name = name, .objective = {.form = ObjectiveForm::kTime, .schedule = parse_schedule(name)}};
  arm.objective.schedule.clip = clip;
  return arm;
}

std::vector<NoiseArm> arms_of(double clip) {
  return {time_arm("linear", clip),
          time_arm("cosine", clip),
          time_arm("poly3", clip),
          {.name = "count", .objective = {.form = ObjectiveForm::kCount, .schedule = {}}}};
}

TensorDataset zeros(int64_t size) { return toy_dataset(torch::zeros({size, kLength}, torch::kUInt8), kVocab); }

double integral(const std::function<double(double)>& f) {
  const auto rule = gauss_legendre(200);
  double sum = 0;
  for (size_t i = 0; i < rule.nodes.size(); ++i) {
    sum += rule.weights[i] * f(rule.nodes[i]);
  }
  return sum;
}

// A uniform network: a pass at time t with k masked is worth w k ln V, k ~ Binomial(n, mu). Alone in its batch.
TEST(ScheduleNoiseTest, LossVarianceHasTheClosedFormOfBinomialCounts) {
  LogitDenoiser network({0, 0, 0, 0});
  const double clip = 0.05;
  ScheduleNoiseOptions options{.batch_size = 1, .batches = 60, .loss_draws = 100, .gradient_draws = 0};
  const auto noise = schedule_noise(network, zeros(60), arms_of(clip), options);
  for (size_t i = 0; i < 3; ++i) {
    const MaskSchedule schedule(time_arm(noise[i].name.c_str(), clip).objective.schedule);
    const double n = kLength;
    const auto second = [&](double t) {
      const double mu = schedule.masked_fraction(t);
      return std::pow(schedule.loss_weight(t), 2) * (n * mu * (1 - mu) + n * n * mu * mu);
    };
    const auto first = [&](double t) { return -schedule.loss_weight(t) * n * schedule.masked_fraction(t); };
    const double c = bits_per_dim(std::log(4.0), kLength);
    const double want = c * c * (integral(second) - std::pow(integral(first), 2));
    EXPECT_NEAR(noise[i].loss_variance.value, want, 1.7 * noise[i].loss_variance.half_width) << noise[i].name;
    EXPECT_LT(noise[i].loss_variance.half_width, 0.2 * want) << noise[i].name;
  }
  // By counts every pass of a uniform network is worth the same.
  EXPECT_NEAR(noise[3].loss_variance.value, 0, 1e-12);
  EXPECT_NEAR(noise[3].bits_per_dim.value, 2, 1e-12);
}

TEST(ScheduleNoiseTest, TheBoundIsTheSameUnderEverySchedule) {
  LogitDenoiser network({1.0, 0, -1, 0.5});
  const auto tokens = torch::arange(200 * kLength).remainder(kVocab).to(torch::kUInt8).view({200, kLength});
  const auto data = toy_dataset(tokens, kVocab);
  ScheduleNoiseOptions options{.batch_size = 10, .batches = 20, .loss_draws = 20, .gradient_draws = 0};
  const auto noise = schedule_noise(network, data, arms_of(1e-3), options);
  const auto log_p = torch::log_softmax(torch::tensor({1.0, 0.0, -1.0, 0.5}, torch::kFloat64), 0);
  const double want = -log_p.mean().item<double>() / std::log(2.0);
  for (const auto& arm : noise) {
    // A clipped schedule adds its ends: at most clip * 2 * ln V.
    EXPECT_NEAR(arm.bits_per_dim.value, want, 1.7 * arm.bits_per_dim.half_width + 1e-3 * 2 * 2) << arm.name;
  }
}

// All tokens equal and the same logits everywhere: the gradient always points the same way, and its length is to the
// loss as |softmax - onehot| is to the cross-entropy.
TEST(ScheduleNoiseTest, GradientsThatPointOneWayHaveTheNoiseOfTheLoss) {
  LogitDenoiser network({0.3, 0, 0, -0.4});
  ScheduleNoiseOptions options{.batch_size = 4, .batches = 6, .loss_draws = 8, .gradient_draws = 8};
  options.rows_per_call = 3;  // parts add up
  const auto noise = schedule_noise(network, zeros(24), arms_of(0), options);
  const auto p = torch::softmax(torch::tensor({0.3, 0.0, 0.0, -0.4}, torch::kFloat64), 0);
  const double cost = -p[0].log().item<double>();
  const double slope = (p - torch::tensor({1.0, 0.0, 0.0, 0.0}, torch::kFloat64)).norm().item<double>();
  for (const auto& arm : noise) {
    EXPECT_NEAR(arm.direction_cosine.value, 1, 1e-9) << arm.name;
    EXPECT_NEAR(arm.gradient_norm.value, arm.bits_per_dim.value * std::log(2.0) / cost * slope, 1e-9) << arm.name;
    if (arm.name != "count") {
      EXPECT_NEAR(arm.gradient_ratio.value, arm.loss_ratio.value, 1e-9) << arm.name;
      EXPECT_NEAR(arm.gradient_ratio.half_width, arm.loss_ratio.half_width, 1e-9) << arm.name;
    }
  }
}

// Rows that pull apart: two values equally often, so that the mean gradient at uniform logits is known and draws of
// masks move it. The trace of its covariance for one row and counts: k of n positions, h of n with value 0.
TEST(ScheduleNoiseTest, GradientNoiseOfCountsHasTheHypergeometricForm) {
  LogitDenoiser network({0, 0, 0, 0});
  const auto row = torch::arange(kLength).remainder(2).to(torch::kUInt8).expand({60, kLength}).contiguous();
  ScheduleNoiseOptions options{.batch_size = 1, .batches = 60, .loss_draws = 30, .gradient_draws = 30};
  const auto noise = schedule_noise(network, toy_dataset(row, kVocab), {arms_of(0)[3]}, options);
  // Per token the gradient is p - (share of 0 and 1 among the k masked): its variance is 2 * Var(share of 0).
  const double n = kLength;
  double trace = 0;
  for (double k = 1; k <= n; ++k) {
    trace += 2 * 0.25 / k * (n - k) / (n - 1) / n;
  }
  const double signal = 2 * 0.25 * 0.25 + 2 * 0.25 * 0.25;  // |(-1/4, -1/4, 1/4, 1/4)|^2
  EXPECT_NEAR(noise[0].gradient_noise.value, trace / signal, 1.7 * noise[0].gradient_noise.half_width);
  EXPECT_LT(noise[0].gradient_noise.half_width, 0.2 * trace / signal);
}

TEST(ScheduleNoiseTest, LeavesTheNetworkAsItWasAndSaysWhatIsWrong) {
  LogitDenoiser network({0, 0, 0, 0});
  network.train();
  ScheduleNoiseOptions options{.batch_size = 2, .batches = 2, .loss_draws = 2, .gradient_draws = 2};
  (void)schedule_noise(network, zeros(4), arms_of(0.01), options);
  EXPECT_TRUE(network.is_training());
  EXPECT_FALSE(network.parameters().front().grad().defined());
  EXPECT_THROW((void)schedule_noise(network, zeros(3), arms_of(0.01), options), InvalidArgument);
  options.gradient_draws = 1;
  EXPECT_THROW((void)schedule_noise(network, zeros(4), arms_of(0.01), options), InvalidArgument);
}

}  // namespace
}  // namespace veil
