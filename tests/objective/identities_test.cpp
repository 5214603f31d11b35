// The identities behind the estimators, by enumeration on toys whose every probability is known.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "support/quadrature.h"
#include "support/toy_joint.h"
#include "veil/diffusion/mask_schedule.h"

namespace veil {
namespace {

using testing::exact_bound;
using testing::integrate;
using testing::mean_sums;
using testing::ToyConditionals;
using testing::ToyJoint;

double binomial(int64_t n, int64_t k) {
  return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0));
}

// E[S] when every position is masked with probability `masked`, from its means by count.
double mean_sum(const std::vector<double>& sums, double masked) {
  const auto n = static_cast<int64_t>(sums.size()) - 1;
  double mean = 0;
  for (int64_t k = 1; k <= n; ++k) {
    mean += binomial(n, k) * std::pow(masked, k) * std::pow(1 - masked, n - k) * sums[k];
  }
  return mean;
}

// The bound of equation 6 of arXiv 2406.04329: the integral over time with the schedule's own weight.
double time_integral(const MaskSchedule& schedule, const std::vector<double>& sums) {
  return integrate([&](double t, double) { return -schedule.loss_weight(t) * mean_sum(sums, schedule.masked_fraction(t)); });
}

// The mean over all orders of revealing the tokens one by one of the code length.
double any_order_code_length(const ToyJoint& joint, const ToyConditionals& model) {
  std::vector<int64_t> order(static_cast<size_t>(joint.length));
  std::iota(order.begin(), order.end(), 0);
  double total = 0;
  int orders = 0;
  do {
    ++orders;
    uint32_t masked = (1U << joint.length) - 1;
    for (const int64_t i : order) {
      for (int64_t state = 0; state < joint.states(); ++state) {
        total -= joint.p[state] * model.log_p(model.partial_of(joint, state, masked), i, joint.token(state, i));
      }
      masked &= ~(1U << i);
    }
  } while (std::next_permutation(order.begin(), order.end()));
  return total / orders;
}

// Negative ELBO of T discrete steps, equation 4: each step pays for what it reveals.
double discrete_bound(const MaskSchedule& schedule, const std::vector<double>& sums, int64_t steps) {
  double bound = 0;
  for (int64_t i = 1; i <= steps; ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(steps);
    const double s = static_cast<double>(i - 1) / static_cast<double>(steps);
    bound += schedule.unmask_probability(s, t) * mean_sum(sums, schedule.masked_fraction(t));
  }
  return bound;
}

std::vector<MaskScheduleOptions> schedules_with_exact_ends() {
  return {parse_schedule("linear"), parse_schedule("cosine"), parse_schedule("poly3"), parse_schedule("poly0.5")};
}

TEST(IdentitiesTest, PowersOfTheMaskedFractionIntegrateToOneOverTheCount) {
  for (const int64_t n : {1, 5, 40}) {
    for (int64_t k = 1; k <= n; ++k) {
      const auto integrand = [&](double mu, double rest) {
        return binomial(n, k) * std::pow(mu, k - 1) * std::pow(rest, n - k);
      };
      EXPECT_NEAR(integrate(integrand), 1.0 / static_cast<double>(k), 1e-10) << n << " " << k;
    }
  }
}

// The model is no consistent joint: the identity is one of weights, not of probability.
TEST(IdentitiesTest, TimeIntegralCountSumAndAnyOrderCodeLengthAgree) {
  const auto joint = testing::random_joint(5, 3, 1);
  const ToyConditionals model(joint, /*strength=*/1.0);
  const double bound = exact_bound(joint, model);
  EXPECT_GT(bound, joint.entropy() + 0.05);
  EXPECT_NEAR(any_order_code_length(joint, model), bound, 1e-10);
  const auto sums = mean_sums(joint, model);
  for (const auto& options : schedules_with_exact_ends()) {
    EXPECT_NEAR(time_integral(MaskSchedule(options), sums), bound, 1e-10) << schedule_name(options);
  }
}

TEST(IdentitiesTest, TrueConditionalsHaveTheEntropyAsTheirBound) {
  for (const auto& joint : {testing::random_joint(5, 3, 1), testing::random_joint(4, 4, 2), testing::markov_joint(5, 3, 8),
                            testing::product_joint(4, {0.7, 0.2, 0.1}), testing::all_equal_joint(5, 3),
                            testing::parity_joint(6)}) {
    const ToyConditionals model(joint);
    EXPECT_NEAR(exact_bound(joint, model), joint.entropy(), 1e-10);
    for (const auto& options : schedules_with_exact_ends()) {
      EXPECT_NEAR(time_integral(MaskSchedule(options), mean_sums(joint, model)), joint.entropy(), 1e-10)
          << schedule_name(options);
    }
  }
}

// A schedule without exact ends integrates the same function of the masked fraction between its own ends.
TEST(IdentitiesTest, ClippedSchedulesIntegrateBetweenTheirEnds) {
  const auto joint = testing::random_joint(4, 3, 1);
  const auto sums = mean_sums(joint, ToyConditionals(joint, 1.0));
  auto clipped = parse_schedule("cosine");
  clipped.clip = 0.05;
  for (const auto& options : {clipped, parse_schedule("geometric")}) {
    const MaskSchedule schedule(options);
    const double low = schedule.masked_fraction(0);
    const double high = schedule.masked_fraction(1);
    const auto by_fraction = [&](double x, double) {
      const double masked = low + (high - low) * x;
      return (high - low) * mean_sum(sums, masked) / masked;
    };
    EXPECT_NEAR(time_integral(schedule, sums), integrate(by_fraction), 1e-10) << schedule_name(options);
  }
}

// A model that is told the time: the count form draws the time from Beta(k, n - k + 1) given the count.
TEST(IdentitiesTest, ModelsToldTheTimeHaveTheCountFormWithABetaTime) {
  const auto joint = testing::random_joint(3, 2, 4);
  const auto sums_at = [&](double t) { return mean_sums(joint, ToyConditionals(joint, 1.5 * std::sin(3 * t))); };
  for (const auto& options : {parse_schedule("linear"), parse_schedule("cosine")}) {
    const MaskSchedule schedule(options);
    const double by_time = integrate([&](double t, double) {
      return -schedule.loss_weight(t) * mean_sum(sums_at(t), schedule.masked_fraction(t));
    });
    const double by_count = integrate([&](double mu, double rest) {
      const auto sums = sums_at(schedule.time_of_alpha(rest));
      double value = 0;
      for (int64_t k = 1; k <= 3; ++k) {  // density of Beta(k, 4 - k), times S_k / k
        value += static_cast<double>(k) * binomial(3, k) * std::pow(mu, k - 1) * std::pow(rest, 3 - k) * sums[k] / k;
      }
      return value;
    });
    EXPECT_NEAR(by_time, by_count, 1e-8) << schedule_name(options);
  }
}

TEST(IdentitiesTest, DiscreteStepsCostMoreThanContinuousTime) {
  const auto joint = testing::markov_joint(5, 2, 4.0);
  const auto sums = mean_sums(joint, ToyConditionals(joint));
  for (const auto& options : schedules_with_exact_ends()) {
    const MaskSchedule schedule(options);
    double last = discrete_bound(schedule, sums, 1);
    EXPECT_NEAR(last, sums.back(), 1e-10);  // one step pays for all tokens unseen
    for (const int64_t steps : {2, 4, 8, 16, 64}) {
      const double bound = discrete_bound(schedule, sums, steps);
      EXPECT_LT(bound, last) << schedule_name(options) << " " << steps;
      EXPECT_GT(bound, joint.entropy()) << schedule_name(options) << " " << steps;
      last = bound;
    }
  }
}

// The excess of T steps is that of a Riemann sum over the masked fraction mu: 1/(2T) * integral of h'(mu(t)) mu'(t)^2 dt
// with h(mu) = E[S]/mu. So T times the excess tends to a constant, unless mu'(t) is not square-integrable at t = 0: for
// mu = sqrt(t) it grows by h'(0)/8 * ln 2 with each doubling of T.
TEST(IdentitiesTest, ExcessOfDiscreteStepsFallsAsTheirNumber) {
  const auto joint = testing::markov_joint(5, 2, 4.0);
  const auto sums = mean_sums(joint, ToyConditionals(joint));
  const double slope = binomial(5, 2) * sums[2] - 5 * 4 * sums[1];  // h'(0)
  for (const auto& options : schedules_with_exact_ends()) {
    const MaskSchedule schedule(options);
    const auto scaled = [&](int64_t steps) {
      return (discrete_bound(schedule, sums, steps) - joint.entropy()) * static_cast<double>(steps);
    };
    const bool root = options.kind == ScheduleKind::kPolynomial && options.exponent == 0.5;
    const double growth = root ? slope / 8 * std::numbers::ln2 : 0.0;
    EXPECT_NEAR(scaled(4000) - scaled(2000), growth, 0.001) << schedule_name(options);
    EXPECT_GT(scaled(4000), 0.1) << schedule_name(options);
  }
}

}  // namespace
}  // namespace veil
