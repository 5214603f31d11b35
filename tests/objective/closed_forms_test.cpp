// Two joints at the ends of what tokens can have to do with each other, whose profiles are known by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "toys/toy_bounds.h"
#include "veil/diffusion/mask_schedule.h"

namespace veil {
namespace {

// sum_i u(t_{i-1}, t_i) sum_k Binomial(k; n, i/T) S_k for the linear schedule.
double discrete_linear_bound(const std::vector<double>& sums, int64_t steps) {
  const auto n = static_cast<int64_t>(sums.size()) - 1;
  const MaskSchedule schedule;
  double bound = 0;
  for (int64_t i = 1; i <= steps; ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(steps);
    const double u = schedule.unmask_probability(static_cast<double>(i - 1) / static_cast<double>(steps), t);
    double choose = 1;
    for (int64_t k = 1; k <= n; ++k) {
      choose = choose * static_cast<double>(n - k + 1) / static_cast<double>(k);
      bound += u * choose * std::pow(t, k) * std::pow(1 - t, n - k) * sums[k];
    }
  }
  return bound;
}

// Any visible token tells all others: only a fully masked row costs anything.
TEST(ClosedFormsTest, AllEqualTokens) {
  for (const int64_t vocab : {2, 4}) {
    const auto joint = all_equal_joint(5, vocab);
    const auto sums = mean_sums(joint, ToyConditionals(joint));
    const double log_vocab = std::log(static_cast<double>(vocab));
    for (size_t k = 0; k < 5; ++k) {
      EXPECT_NEAR(sums[k], 0, 1e-12) << k;
    }
    EXPECT_NEAR(sums[5], 5 * log_vocab, 1e-12);
    for (const int64_t steps : {1, 2, 7, 50}) {
      double power_sum = 0;
      for (int64_t i = 1; i <= steps; ++i) {
        power_sum += std::pow(static_cast<double>(i) / static_cast<double>(steps), 4);
      }
      EXPECT_NEAR(discrete_linear_bound(sums, steps), 5 * log_vocab / static_cast<double>(steps) * power_sum, 1e-10)
          << steps;
    }
  }
}

// The last token is told by all others together, and nothing less tells anything.
TEST(ClosedFormsTest, ParityBits) {
  constexpr int64_t kLength = 6;
  const auto joint = parity_joint(kLength);
  const auto sums = mean_sums(joint, ToyConditionals(joint));
  EXPECT_NEAR(sums[1], 0, 1e-12);
  for (int64_t k = 2; k <= kLength; ++k) {
    EXPECT_NEAR(sums[k], static_cast<double>(k) * std::numbers::ln2, 1e-12) << k;
  }
  for (const int64_t steps : {1, 2, 7, 50}) {
    double power_sum = 0;
    for (int64_t i = 1; i <= steps; ++i) {
      power_sum += std::pow(1 - static_cast<double>(i) / static_cast<double>(steps), kLength - 1);
    }
    const double want = std::numbers::ln2 * (kLength - kLength / static_cast<double>(steps) * power_sum);
    EXPECT_NEAR(discrete_linear_bound(sums, steps), want, 1e-10) << steps;
  }
}

}  // namespace
}  // namespace veil
