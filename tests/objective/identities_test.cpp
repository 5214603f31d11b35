// The identities behind the estimators, by enumeration on toys whose every probability is known.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "base/quadrature.h"
#include "toys/toy_bounds.h"
#include "veil/diffusion/mask_schedule.h"
#include "veil/diffusion/time_grid.h"
#include "veil/evaluate/discrete_bound.h"

namespace veil {
namespace {

double binomial(int64_t n, int64_t k) {
  return std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0));
}

double steps_bound(const MaskSchedule& schedule, const std::vector<double>& sums, int64_t steps) {
  return discrete_bound(profile_of(sums), schedule, time_grid(TimeGridKind::kUniform, steps));
}

std::vector<MaskScheduleOptions> schedules_with_exact_ends() {
  return {parse_schedule("linear"), parse_schedule("cosine"), parse_schedule("poly3"), parse_schedule("poly0.5"),
          parse_schedule("table(0:1 0.2:0.95 0.6:0.1 1:0)")};
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
  const auto joint = random_joint(5, 3, 1);
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
  for (const auto& joint : {random_joint(5, 3, 1), random_joint(4, 4, 2), markov_joint(5, 3, 8),
                            product_joint(4, {0.7, 0.2, 0.1}), all_equal_joint(5, 3), parity_joint(6)}) {
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
  const auto joint = random_joint(4, 3, 1);
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

// A model that is told the time: the count form draws the masked fraction from Beta(k, n - k + 1) given the count k.
// Both integrands are analytic, the second one in v with mu = 1 - v^2: t(mu) of the cosine schedule has a root at mu
// = 1.
TEST(IdentitiesTest, ModelsToldTheTimeHaveTheCountFormWithABetaTime) {
  const auto joint = random_joint(3, 2, 4);
  const auto sums_at = [&](double t) { return mean_sums(joint, ToyConditionals(joint, 1.5 * std::sin(3 * t))); };
  const auto rule = gauss_legendre(48);
  for (const auto& options : {parse_schedule("linear"), parse_schedule("cosine")}) {
    const MaskSchedule schedule(options);
    const double by_time = integrate_smooth(
        rule, [&](double t) { return -schedule.loss_weight(t) * mean_sum(sums_at(t), schedule.masked_fraction(t)); });
    const double by_count = integrate_smooth(rule, [&](double v) {
      const double mu = 1 - v * v;
      const auto sums = sums_at(schedule.time_of_alpha(v * v));
      double value = 0;
      for (int64_t k = 1; k <= 3; ++k) {  // density of Beta(k, 4 - k), times S_k / k
        const double density = static_cast<double>(k) * binomial(3, k) * std::pow(mu, k - 1) * std::pow(v * v, 3 - k);
        value += density * sums[k] / static_cast<double>(k);
      }
      return 2 * v * value;
    });
    EXPECT_NEAR(by_time, by_count, 1e-10) << schedule_name(options);
  }
}

// Nats of the tokens masked in `mask`, each times its factor, on average over the joint.
double weighted_sum(const ToyJoint& joint, const ToyConditionals& model, uint32_t mask,
                    const std::vector<double>& factors) {
  double sum = 0;
  for (int64_t state = 0; state < joint.states(); ++state) {
    const int64_t partial = model.partial_of(joint, state, mask);
    for (int64_t i = 0; i < joint.length; ++i) {
      if ((mask >> i & 1U) != 0) {
        sum -= joint.p[state] * factors[i] * model.log_p(partial, i, joint.token(state, i));
      }
    }
  }
  return sum;
}

// The mean code length over orders drawn by Plackett and Luce: each next token with a chance in proportion to its
// weight.
double plackett_luce_code_length(const ToyJoint& joint, const ToyConditionals& model,
                                 const std::vector<double>& weights) {
  std::vector<int64_t> order(weights.size());
  std::iota(order.begin(), order.end(), 0);
  double total = 0;
  do {
    uint32_t masked = (1U << weights.size()) - 1;
    double left = std::accumulate(weights.begin(), weights.end(), 0.0);
    double chance = 1;
    double length = 0;
    for (const int64_t i : order) {
      std::vector<double> only(weights.size(), 0.0);
      only[i] = 1;
      length += weighted_sum(joint, model, masked, only);
      chance *= weights[i] / left;
      left -= weights[i];
      masked &= ~(1U << i);
    }
    total += chance * length;
  } while (std::next_permutation(order.begin(), order.end()));
  return total;
}

// Positions with powers of their own, 1 - alpha_i(t) = t^{w_i}: position i is revealed at -ln t ~ Exp(w_i), so that the
// order is Plackett-Luce. With half-integer powers the integrand is a polynomial in s, t = s^2.
TEST(IdentitiesTest, PositionsWithPowersOfTheirOwnArePlackettLuceOrders) {
  const auto joint = random_joint(5, 3, 1);
  const ToyConditionals model(joint, /*strength=*/1.0);
  const std::vector<double> powers{0.5, 1.0, 1.5, 2.0, 3.0};
  std::vector<double> by_mask;  // sum over masked positions of w_i ce_i
  for (uint32_t mask = 0; mask < 32; ++mask) {
    by_mask.push_back(weighted_sum(joint, model, mask, powers));
  }
  const double by_time = integrate_smooth(gauss_legendre(12), [&](double s) {
    double value = 0;
    for (uint32_t mask = 1; mask < 32; ++mask) {
      double chance = 1;
      for (size_t i = 0; i < powers.size(); ++i) {
        const double masked = std::pow(s, 2 * powers[i]);
        chance *= (mask >> i & 1U) != 0 ? masked : 1 - masked;
      }
      value += chance * by_mask[mask];
    }
    return 2 / s * value;  // dt / t = 2 ds / s
  });
  EXPECT_NEAR(by_time, plackett_luce_code_length(joint, model, powers), 1e-10);
  EXPECT_GT(std::abs(by_time - exact_bound(joint, model)), 1e-4);  // another figure than with equal powers
  const std::vector<double> equal(5, 2.0);
  EXPECT_NEAR(plackett_luce_code_length(joint, model, equal), exact_bound(joint, model), 1e-10);
}

TEST(IdentitiesTest, DiscreteStepsCostMoreThanContinuousTime) {
  const auto joint = markov_joint(5, 2, 4.0);
  const auto sums = mean_sums(joint, ToyConditionals(joint));
  for (const auto& options : schedules_with_exact_ends()) {
    const MaskSchedule schedule(options);
    double last = steps_bound(schedule, sums, 1);
    EXPECT_NEAR(last, sums.back(), 1e-10);  // one step pays for all tokens unseen
    for (const int64_t steps : {2, 4, 8, 16, 64}) {
      const double bound = steps_bound(schedule, sums, steps);
      EXPECT_LT(bound, last) << schedule_name(options) << " " << steps;
      EXPECT_GT(bound, joint.entropy()) << schedule_name(options) << " " << steps;
      last = bound;
    }
  }
}

// The excess of T steps is that of a Riemann sum over the masked fraction mu: 1/(2T) * integral of h'(mu(t)) mu'(t)^2
// dt with h(mu) = E[S]/mu. So T times the excess tends to a constant, unless mu'(t) is not square-integrable at t = 0:
// for mu = sqrt(t) it grows by h'(0)/8 * ln 2 with each doubling of T.
TEST(IdentitiesTest, ExcessOfDiscreteStepsFallsAsTheirNumber) {
  const auto joint = markov_joint(5, 2, 4.0);
  const auto sums = mean_sums(joint, ToyConditionals(joint));
  const double slope = binomial(5, 2) * sums[2] - 5 * 4 * sums[1];  // h'(0)
  for (const auto& options : schedules_with_exact_ends()) {
    const MaskSchedule schedule(options);
    const auto scaled = [&](int64_t steps) {
      return (steps_bound(schedule, sums, steps) - joint.entropy()) * static_cast<double>(steps);
    };
    const bool root = options.kind == ScheduleKind::kPolynomial && options.exponent == 0.5;
    const double growth = root ? slope / 8 * std::numbers::ln2 : 0.0;
    EXPECT_NEAR(scaled(4000) - scaled(2000), growth, 0.001) << schedule_name(options);
    EXPECT_GT(scaled(4000), 0.1) << schedule_name(options);
  }
}

}  // namespace
}  // namespace veil
