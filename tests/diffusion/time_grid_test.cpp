#include "veil/diffusion/time_grid.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "veil/base/error.h"
#include "veil/diffusion/mask_schedule.h"

namespace veil {
namespace {

TEST(TimeGridTest, EndsAreExactAndTimesFallStrictly) {
  for (const auto kind : {TimeGridKind::kUniform, TimeGridKind::kCosine}) {
    for (const int64_t steps : {1, 2, 3, 7, 256, 1000}) {
      const auto times = time_grid(kind, steps);
      ASSERT_EQ(static_cast<int64_t>(times.size()), steps + 1);
      EXPECT_EQ(times.front(), 1.0);
      EXPECT_EQ(times.back(), 0.0);
      for (size_t i = 1; i < times.size(); ++i) {
        EXPECT_LT(times[i], times[i - 1]) << steps << " steps, time " << i;
      }
    }
  }
}

TEST(TimeGridTest, CosineGridWarpsTheUniformOne) {
  const auto uniform = time_grid(TimeGridKind::kUniform, 10);
  const auto cosine = time_grid(TimeGridKind::kCosine, 10);
  for (size_t i = 0; i < uniform.size(); ++i) {
    EXPECT_NEAR(uniform[i], 1.0 - static_cast<double>(i) / 10, 1e-15);
    EXPECT_NEAR(cosine[i], std::cos(std::numbers::pi / 2 * (1 - uniform[i])), 1e-15);
  }
}

// cos(pi/2) in floating point is not 0, and a negative time to a fractional power is not a number.
TEST(TimeGridTest, FractionalPowersOnTheCosineGridStayFinite) {
  for (const double exponent : {0.5, 1.7, 3.0}) {
    const MaskSchedule schedule({.kind = ScheduleKind::kPolynomial, .exponent = exponent});
    const auto times = time_grid(TimeGridKind::kCosine, 50);
    for (size_t i = 0; i + 1 < times.size(); ++i) {
      const double u = schedule.unmask_probability(times[i + 1], times[i]);
      EXPECT_GT(u, 0.0);
      EXPECT_LE(u, 1.0);
    }
    EXPECT_EQ(schedule.unmask_probability(times[50], times[49]), 1.0);
  }
}

TEST(TimeGridTest, RefusesNoSteps) {
  EXPECT_THROW((void)time_grid(TimeGridKind::kUniform, 0), InvalidArgument);
  EXPECT_THROW((void)time_grid(TimeGridKind::kUniform, -3), InvalidArgument);
}

}  // namespace
}  // namespace veil
