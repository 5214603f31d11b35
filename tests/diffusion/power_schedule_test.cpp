#include "veil/diffusion/power_schedule.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/torch.h"
#include "veil/base/error.h"

namespace veil {
namespace {

TEST(PowerSchedule, FractionsAndStepsAreTheirFormulas) {
  const PowerSchedule schedule({0.5, 2.0}, 1e-4);
  EXPECT_DOUBLE_EQ(schedule.masked_fraction(0.25, 0), (1 - 1e-4) * 0.5);
  EXPECT_DOUBLE_EQ(schedule.masked_fraction(0.25, 1), (1 - 1e-4) * 0.0625);
  EXPECT_DOUBLE_EQ(schedule.masked_fraction(0.0, 0), 0.0);
  for (const int64_t v : {0, 1}) {
    const double fs = schedule.masked_fraction(0.3, v);
    const double ft = schedule.masked_fraction(0.8, v);
    EXPECT_NEAR(schedule.unmask_probability(0.3, 0.8, v), 1 - fs / ft, 1e-15);
    EXPECT_EQ(schedule.unmask_probability(0.0, 0.8, v), 1.0);
    EXPECT_EQ(schedule.unmask_probability(0.8, 0.8, v), 0.0);
  }
}

TEST(PowerSchedule, RefusesWhatIsNotAPower) {
  EXPECT_THROW(PowerSchedule(std::vector<double>{}), InvalidArgument);
  EXPECT_THROW(PowerSchedule({1.0, 0.0}), InvalidArgument);
  EXPECT_THROW(PowerSchedule({1.0, NAN}), InvalidArgument);
  EXPECT_THROW(PowerSchedule({1.0}, 0.5), InvalidArgument);
}

TEST(MaskByPowers, EveryValueIsMaskedAsOftenAsItsOwnSchedule) {
  constexpr int64_t kRows = 4000;
  const PowerSchedule schedule({0.25, 1.0, 4.0});
  const auto x0 = torch::arange(3).repeat({kRows, 1});
  const std::vector<double> times(kRows, 0.5);
  const NoiseKey key{.seed = 4, .purpose = NoisePurpose::kTrainMask};
  for (const auto side : {Antithetic::kNo, Antithetic::kYes}) {
    const auto masked = mask_by_powers(x0, times, schedule, torch::arange(kRows), key, side);
    const auto share = masked.z.eq(3).to(torch::kFloat64).mean(0);
    for (int64_t v = 0; v < 3; ++v) {
      const double q = schedule.masked_fraction(0.5, v);
      EXPECT_NEAR(share[v].item<double>(), q, 4 * std::sqrt(q * (1 - q) / kRows)) << v;
    }
  }
}

TEST(MaskByPowers, AntitheticMasksShareNoPositionBelowOneHalfAndMissNoneAbove) {
  const PowerSchedule schedule({0.5, 2.0});
  const auto x0 = torch::tensor({0, 1}).repeat({500, 1});
  const std::vector<double> times(500, 0.36);  // fractions 0.6 and 0.13
  const NoiseKey key{.seed = 9, .purpose = NoisePurpose::kTrainMask};
  const auto a = mask_by_powers(x0, times, schedule, torch::arange(500), key).z.eq(2);
  const auto b = mask_by_powers(x0, times, schedule, torch::arange(500), key, Antithetic::kYes).z.eq(2);
  EXPECT_TRUE(a.select(1, 0).logical_or(b.select(1, 0)).all().item<bool>());
  EXPECT_FALSE(a.select(1, 1).logical_and(b.select(1, 1)).any().item<bool>());
}

TEST(MaskByPowers, RefusesValuesWithoutAPower) {
  const PowerSchedule schedule({1.0, 1.0});
  const auto x0 = torch::tensor({{0, 2}});
  const std::vector<double> times{0.5};
  const NoiseKey key{};
  EXPECT_THROW((void)mask_by_powers(x0, times, schedule, torch::zeros({1}, torch::kInt64), key), InvalidArgument);
}

}  // namespace
}  // namespace veil
