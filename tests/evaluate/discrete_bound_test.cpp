// The bound in discrete steps from a profile, against enumeration of all masks and against closed forms.
#include "veil/evaluate/discrete_bound.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <numeric>

#include "toys/toy_bounds.h"
#include "veil/base/error.h"
#include "veil/diffusion/time_grid.h"

namespace veil {
namespace {

std::vector<double> profile_of(const ToyJoint& joint, const ToyConditionals& model) {
  const auto sums = mean_sums(joint, model);
  std::vector<double> profile;
  for (size_t k = 1; k < sums.size(); ++k) {
    profile.push_back(sums[k] / static_cast<double>(k));
  }
  return profile;
}

// E[S] over the tokens of the joint and all masks, each position masked with probability `masked`.
double enumerated_sum(const ToyJoint& joint, const ToyConditionals& model, double masked) {
  double sum = 0;
  for (uint32_t mask = 0; mask < (1U << joint.length); ++mask) {
    const int count = __builtin_popcount(mask);
    const double p = std::pow(masked, count) * std::pow(1 - masked, static_cast<double>(joint.length - count));
    for (int64_t state = 0; state < joint.states(); ++state) {
      for (int64_t i = 0; joint.p[state] > 0 && i < joint.length; ++i) {
        if ((mask >> i & 1U) != 0) {
          sum -= p * joint.p[state] * model.log_p(model.partial_of(joint, state, mask), i, joint.token(state, i));
        }
      }
    }
  }
  return sum;
}

TEST(DiscreteBoundTest, EqualsEnumerationForAModelThatIsNotConsistent) {
  const auto joint = random_joint(5, 3, 4);
  const ToyConditionals model(joint, 0.9);
  const auto profile = profile_of(joint, model);
  for (const char* name : {"linear", "cosine", "poly3", "poly0.5", "geometric"}) {
    const MaskSchedule schedule(parse_schedule(name));
    for (const auto grid : {TimeGridKind::kUniform, TimeGridKind::kCosine}) {
      for (const int64_t steps : {1, 2, 7}) {
        const auto times = time_grid(grid, steps);
        double want = 0;
        for (int64_t i = 0; i < steps; ++i) {
          const double drop = schedule.alpha(times[i + 1]) - schedule.alpha(times[i]);
          const double masked = 1 - schedule.alpha(times[i]);
          want += drop / masked * enumerated_sum(joint, model, masked);
        }
        EXPECT_NEAR(discrete_bound(profile, schedule, times), want, 1e-10) << name << " " << steps;
      }
    }
  }
}

TEST(DiscreteBoundTest, TendsToTheContinuousBoundFromAbove) {
  const auto joint = markov_joint(6, 3, 4.0);
  const ToyConditionals model(joint);
  const auto profile = profile_of(joint, model);
  const double limit = exact_bound(joint, model);
  double previous = 1e9;
  for (const int64_t steps : {1, 4, 16, 64, 1024}) {
    const double bound = discrete_bound(profile, MaskSchedule(), time_grid(TimeGridKind::kUniform, steps));
    EXPECT_GT(bound, limit);
    EXPECT_LT(bound, previous);
    previous = bound;
  }
  EXPECT_NEAR(previous, limit, 5e-3);
}

// All n tokens equal: g(n) = ln V, else 0. L_T = (n ln V / T) sum over i = 1..T of (i/T)^(n-1).
TEST(DiscreteBoundTest, AllEqualTokensHaveAClosedForm) {
  for (const int64_t n : {2, 64, 3072}) {
    std::vector<double> profile(static_cast<size_t>(n));
    profile.back() = std::log(256.0);
    for (const int64_t steps : {1, 3, 100}) {
      double want = 0;
      for (int64_t i = 1; i <= steps; ++i) {
        want += std::pow(static_cast<double>(i) / static_cast<double>(steps), static_cast<double>(n - 1));
      }
      want *= static_cast<double>(n) * std::log(256.0) / static_cast<double>(steps);
      const double got = discrete_bound(profile, MaskSchedule(), time_grid(TimeGridKind::kUniform, steps));
      EXPECT_NEAR(got / want, 1, 1e-10) << n << " " << steps;
    }
  }
}

// Bits with an even sum: g(1) = 0, else ln 2. L_T = ln 2 (n - (n / T) sum over i = 1..T of (1 - i/T)^(n-1)).
TEST(DiscreteBoundTest, ParityBitsHaveAClosedForm) {
  for (const int64_t n : {2, 5, 1024}) {
    std::vector<double> profile(static_cast<size_t>(n), std::numbers::ln2);
    profile.front() = 0;
    for (const int64_t steps : {1, 3, 100}) {
      double sum = 0;
      for (int64_t i = 1; i <= steps; ++i) {
        sum += std::pow(1 - static_cast<double>(i) / static_cast<double>(steps), static_cast<double>(n - 1));
      }
      const auto length = static_cast<double>(n);
      const double want = std::numbers::ln2 * (length - length / static_cast<double>(steps) * sum);
      const double got = discrete_bound(profile, MaskSchedule(), time_grid(TimeGridKind::kUniform, steps));
      EXPECT_NEAR(got, want, 1e-10 * want) << n << " " << steps;
    }
  }
}

TEST(DiscreteBoundTest, ToysHaveTheProfilesOfTheClosedForms) {
  const auto equal = all_equal_joint(4, 3);
  const auto parity = parity_joint(4);
  const auto equal_profile = profile_of(equal, ToyConditionals(equal));
  const auto parity_profile = profile_of(parity, ToyConditionals(parity));
  for (size_t k = 1; k <= 4; ++k) {
    EXPECT_NEAR(equal_profile[k - 1], k == 4 ? std::log(3.0) : 0, 1e-12) << k;
    EXPECT_NEAR(parity_profile[k - 1], k == 1 ? 0 : std::numbers::ln2, 1e-12) << k;
  }
}

TEST(BinomialTest, SumsAndMeansAreExactAlsoFarFromOneHalf) {
  for (const double success : {0.0, 1e-12, 0.03, 0.5, 0.999, 1.0}) {
    const auto p = binomial_distribution(3071, success, 1 - success);
    double total = 0;
    double mean = 0;
    for (size_t k = 0; k < p.size(); ++k) {
      total += p[k];
      mean += static_cast<double>(k) * p[k];
    }
    EXPECT_NEAR(total, 1, 1e-12) << success;
    EXPECT_NEAR(mean, 3071 * success, 1e-9 * (1 + 3071 * success)) << success;
  }
  const auto p = binomial_distribution(4, 0.25, 0.75);
  EXPECT_NEAR(p[2], 6 * 0.0625 * 0.5625, 1e-15);
}

TEST(DiscreteBoundTest, WhatIsNotAGridIsRefused) {
  const std::vector<double> profile{1.0, 1.0};
  const std::vector<std::vector<double>> faults{{1.0}, {1.0, 1.0}, {0.0, 1.0}, {1.5, 0.0}, {1.0, NAN, 0.0}};
  for (const auto& times : faults) {
    EXPECT_THROW((void)discrete_bound(profile, MaskSchedule(), times), InvalidArgument) << times.size();
  }
  EXPECT_THROW((void)discrete_bound({}, MaskSchedule(), std::vector<double>{1.0, 0.0}), InvalidArgument);
}

// Linear, T equal steps: T (1 - (1 - 1/T)^n). 201.6 for n = 256, T = 512, as simulated elsewhere (201.5).
TEST(DiscreteBoundTest, ExpectedCallsHaveAClosedForm) {
  const MaskSchedule linear;
  for (const auto& [length, steps] : {std::pair{256, 512}, std::pair{3072, 256}, std::pair{5, 1}}) {
    const double want = steps * (1 - std::pow(1 - 1.0 / steps, length));
    EXPECT_NEAR(expected_network_calls(linear, time_grid(TimeGridKind::kUniform, steps), length), want, 1e-9 * want);
  }
  EXPECT_NEAR(expected_network_calls(linear, time_grid(TimeGridKind::kUniform, 512), 256), 201.6, 0.05);
  EXPECT_NEAR(expected_network_calls(linear, time_grid(TimeGridKind::kUniform, 1000), 3072), 954, 1);
  EXPECT_NEAR(
      expected_network_calls(MaskSchedule(parse_schedule("cosine")), time_grid(TimeGridKind::kUniform, 1000), 3072),
      861, 1);
}

}  // namespace
}  // namespace veil
