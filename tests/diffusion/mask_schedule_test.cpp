#include "veil/diffusion/mask_schedule.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "veil/base/error.h"

namespace veil {
namespace {

std::vector<MaskSchedule> all_schedules(double clip = 0) {
  std::vector<MaskSchedule> schedules;
  for (const auto* name : {"linear", "cosine", "poly2", "poly3", "poly0.5", "poly1.7", "geometric",
                           "table(0:1 0.333:0.9 0.777:0.25 1:0)"}) {
    auto options = parse_schedule(name);
    options.clip = clip;
    schedules.emplace_back(options);
  }
  return schedules;
}

std::string name_of(const MaskSchedule& schedule) { return schedule_name(schedule.options()); }

TEST(MaskScheduleTest, EndsAreExactWithoutClip) {
  for (const auto& schedule : all_schedules()) {
    if (schedule.options().kind != ScheduleKind::kGeometric) {
      EXPECT_EQ(schedule.alpha(0), 1.0) << name_of(schedule);
      EXPECT_EQ(schedule.alpha(1), 0.0) << name_of(schedule);
      EXPECT_EQ(schedule.masked_fraction(0), 0.0) << name_of(schedule);
      EXPECT_EQ(schedule.masked_fraction(1), 1.0) << name_of(schedule);
    }
  }
  const MaskSchedule geometric(parse_schedule("geometric"));
  EXPECT_DOUBLE_EQ(geometric.alpha(0), std::exp(-1e-5));
  EXPECT_DOUBLE_EQ(geometric.alpha(1), std::exp(-20.0));
}

TEST(MaskScheduleTest, ClipMovesTheEndsInside) {
  for (const auto& schedule : all_schedules(1e-4)) {
    if (schedule.options().kind != ScheduleKind::kGeometric) {
      EXPECT_DOUBLE_EQ(schedule.alpha(0), 1 - 1e-4);
      EXPECT_DOUBLE_EQ(schedule.alpha(1), 1e-4);
    }
  }
}

TEST(MaskScheduleTest, AlphaAndMaskedFractionAddToOneAndFall) {
  for (const double clip : {0.0, 1e-4}) {
    for (const auto& schedule : all_schedules(clip)) {
      for (int i = 0; i <= 1000; ++i) {
        const double t = i / 1000.0;
        EXPECT_NEAR(schedule.alpha(t) + schedule.masked_fraction(t), 1, 4e-16) << name_of(schedule) << " at " << t;
        if (i > 0) {
          EXPECT_LT(schedule.alpha(t), schedule.alpha((i - 1) / 1000.0)) << name_of(schedule) << " at " << t;
        }
      }
    }
  }
}

TEST(MaskScheduleTest, DerivativeIsTheSlope) {
  constexpr double kStep = 1e-6;
  for (const auto& schedule : all_schedules(1e-4)) {
    for (int i = 1; i < 100; ++i) {
      const double t = i / 100.0;
      const double slope = (schedule.alpha(t + kStep) - schedule.alpha(t - kStep)) / (2 * kStep);
      EXPECT_NEAR(schedule.alpha_derivative(t), slope, 1e-8 * (1 + std::abs(slope)))
          << name_of(schedule) << " at " << t;
      EXPECT_NEAR(schedule.loss_weight(t) * (1 - schedule.alpha(t)), schedule.alpha_derivative(t), 1e-9);
    }
  }
}

TEST(MaskScheduleTest, TimeOfAlphaInvertsAlpha) {
  for (const double clip : {0.0, 1e-4}) {
    for (const auto& schedule : all_schedules(clip)) {
      for (int i = 0; i <= 100; ++i) {
        const double t = i / 100.0;
        const double back = schedule.time_of_alpha(schedule.alpha(t));
        EXPECT_NEAR(schedule.alpha(back), schedule.alpha(t), 1e-14) << name_of(schedule) << " at " << t;
      }
      EXPECT_EQ(schedule.time_of_alpha(-1), 1.0);
      EXPECT_NEAR(schedule.time_of_alpha(2), 0.0, 1e-15);
    }
  }
}

// Values of the authors' code in float32 with its clip of 1e-4.
TEST(MaskScheduleTest, MatchesTheReferenceValues) {
  auto linear = parse_schedule("linear");
  linear.clip = 1e-4;
  EXPECT_NEAR(MaskSchedule(linear).alpha(0.25), 0.74995005, 1e-7);
  EXPECT_NEAR(MaskSchedule(linear).loss_weight(0.25), -3.9984012, 1e-6);
  auto cosine = parse_schedule("cosine");
  cosine.clip = 1e-4;
  EXPECT_NEAR(MaskSchedule(cosine).alpha(0.25), 0.61729318, 1e-7);
  EXPECT_NEAR(MaskSchedule(cosine).alpha_derivative(0.25), -1.45093644, 1e-6);
  EXPECT_NEAR(MaskSchedule(cosine).loss_weight(0.5), -1.57057428, 1e-6);
}

TEST(MaskScheduleTest, StepsComposeToOneStep) {
  for (const auto& schedule : all_schedules()) {
    const double direct = 1 - schedule.unmask_probability(0.2, 0.9);
    const double in_two = (1 - schedule.unmask_probability(0.5, 0.9)) * (1 - schedule.unmask_probability(0.2, 0.5));
    EXPECT_NEAR(direct, in_two, 1e-15) << name_of(schedule);
    if (schedule.options().kind != ScheduleKind::kGeometric) {
      EXPECT_EQ(schedule.unmask_probability(0, 0.01), 1.0) << name_of(schedule);
    }
  }
}

TEST(MaskScheduleTest, NamesRoundTripAndNonsenseIsRefused) {
  for (const auto* name :
       {"linear", "cosine", "geometric", "poly3", "poly0.5", "poly100", "poly0.01", "table(0:1 0.25:0.9 1:0)"}) {
    EXPECT_EQ(schedule_name(parse_schedule(name)), name);
  }
  for (const auto* name : {"", "poly", "poly-1", "poly0", "poly3x", "polynan", "poly1e300", "poly1e-300", "poly101",
                           "poly0.009", "Linear", "sqrt", "table", "table(0:1 x:0.5 1:0)", "table(0:1 0.5 1:0)"}) {
    EXPECT_THROW((void)parse_schedule(name), InvalidArgument) << name;
  }
  EXPECT_THROW(MaskSchedule({.kind = ScheduleKind::kPolynomial, .exponent = 1e300}), InvalidArgument);
  EXPECT_THROW(MaskSchedule({.clip = 0.5}), InvalidArgument);
  EXPECT_THROW(MaskSchedule({.kind = ScheduleKind::kGeometric, .beta_min = 2, .beta_max = 1}), InvalidArgument);
}

TEST(MaskScheduleTest, ATableRunsStraightBetweenItsPoints) {
  const MaskSchedule schedule(parse_schedule("table(0:1 0.25:0.5 0.75:0.5 1:0)"));
  EXPECT_DOUBLE_EQ(schedule.alpha(0.125), 0.75);
  EXPECT_DOUBLE_EQ(schedule.alpha(0.6), 0.5);
  EXPECT_DOUBLE_EQ(schedule.alpha_derivative(0.1), -2);
  EXPECT_EQ(schedule.alpha_derivative(0.5), 0);
  EXPECT_DOUBLE_EQ(schedule.loss_weight(0.9), -2 / (1 - 0.2));
  EXPECT_DOUBLE_EQ(schedule.time_of_alpha(0.5), 0.25);  // where it becomes so
  EXPECT_EQ(schedule.unmask_probability(0.3, 0.7), 0);
}

TEST(MaskScheduleTest, ATableOfTwoPointsIsLinear) {
  const MaskSchedule table(parse_schedule("table(0:1 1:0)"));
  const MaskSchedule linear;
  for (const double t : {0.0, 1e-12, 0.1, 0.5, 0.9, 1.0}) {
    EXPECT_EQ(table.masked_fraction(t), linear.masked_fraction(t));
    EXPECT_EQ(table.alpha(t), linear.alpha(t));
    EXPECT_EQ(table.loss_weight(t), linear.loss_weight(t));
  }
}

TEST(MaskScheduleTest, WhatIsNoScheduleIsNoTable) {
  for (const auto* name :
       {"table()", "table(0:1)", "table(0:0.9 1:0)", "table(0:1 1:0.1)", "table(0:1 0.5:0.3 0.5:0.2 1:0)",
        "table(0:1 0.5:0.3 0.6:0.4 1:0)", "table(0:1 nan:0.5 1:0)", "table(0:1 0.5:nan 1:0)"}) {
    EXPECT_THROW(MaskSchedule{parse_schedule(name)}, InvalidOption) << name;
  }
}

}  // namespace
}  // namespace veil
