#include "evaluate/control_variate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <vector>

namespace veil {
namespace {

// What position i costs if `mask` (a set of bits) is masked: any function will do.
double cost(int64_t position, unsigned mask) {
  return 1.0 + static_cast<double>(position) +
         0.3 * std::sin(static_cast<double>(mask) * 1.7 + static_cast<double>(position));
}

void add(ControlVariate& control, unsigned mask, int64_t length) {
  std::vector<int64_t> positions;
  std::vector<double> nats;
  for (int64_t i = 0; i < length; ++i) {
    if ((mask >> i & 1U) != 0) {
      positions.push_back(i);
      nats.push_back(cost(i, mask));
    }
  }
  control.add(positions, nats);
}

std::vector<unsigned> masks_of_size(int count, int64_t length) {
  std::vector<unsigned> masks;
  for (unsigned mask = 0; mask < 1U << length; ++mask) {
    if (__builtin_popcount(mask) == count) {
      masks.push_back(mask);
    }
  }
  return masks;
}

struct Moments {
  double mean = 0.0;
  double variance = 0.0;
};

// Of the sum over three passes, over all masks with 1, 2 and 4 of five positions.
Moments enumerate(double beta) {
  constexpr int64_t kLength = 5;
  ControlVariate control(kLength, 3, beta);
  double sum = 0.0;
  double squares = 0.0;
  double all = 0.0;
  for (const auto first : masks_of_size(1, kLength)) {
    for (const auto second : masks_of_size(2, kLength)) {
      for (const auto third : masks_of_size(4, kLength)) {
        for (const auto mask : {first, second, third}) {
          add(control, mask, kLength);
        }
        EXPECT_TRUE(control.is_complete());
        const auto values = control.take();
        const double total = values[0] + values[1] + values[2];
        sum += total;
        squares += total * total;
        all += 1.0;
      }
    }
  }
  return {sum / all, squares / all - sum / all * (sum / all)};
}

TEST(ControlVariateTest, TheExpectationOverAllMasksIsUntouchedAndTheVarianceFalls) {
  double plain = 0.0;  // the mean cost of each size of mask, by hand
  for (const int count : {1, 2, 4}) {
    const auto masks = masks_of_size(count, 5);
    for (const auto mask : masks) {
      for (int64_t i = 0; i < 5; ++i) {
        plain += (mask >> i & 1U) != 0 ? cost(i, mask) / count / static_cast<double>(masks.size()) : 0.0;
      }
    }
  }
  const auto without = enumerate(0.0);
  for (const double beta : {0.0, 0.5, 0.85, 1.0}) {
    EXPECT_NEAR(enumerate(beta).mean, plain, 1e-12) << beta;
  }
  EXPECT_LT(enumerate(0.85).variance, 0.7 * without.variance);
}

TEST(ControlVariateTest, WithoutWeightAPassIsThePlainMeanToTheBit) {
  const std::vector<double> nats{0.1, 0.7, 1.3};
  ControlVariate control(4, 2, 0.0);
  control.add(std::vector<int64_t>{0, 1, 3}, nats);
  control.add(std::vector<int64_t>{2}, std::vector<double>{5.0});
  EXPECT_EQ(control.take(), (std::vector<double>{(0.1 + 0.7 + 1.3) / 3, 5.0}));
}

TEST(ControlVariateTest, EqualCostsGiveExactlyTheirValue) {
  const double nats = std::round(std::log(256.0) * 0x1p32) * 0x1p-32;
  ControlVariate control(7, 3, 0.85);
  control.add(std::vector<int64_t>{0, 3, 6}, std::vector<double>(3, nats));
  control.add(std::vector<int64_t>{}, std::vector<double>{});
  control.add(std::vector<int64_t>{1, 2, 3, 4, 5}, std::vector<double>(5, nats));
  EXPECT_EQ(control.take(), (std::vector<double>{nats, 0.0, nats}));
}

TEST(ControlVariateTest, OnePassAloneIsPlainAndGroupsForgetEachOther) {
  ControlVariate alone(4, 1, 1.0);
  alone.add(std::vector<int64_t>{1, 2}, std::vector<double>{1.0, 3.0});
  EXPECT_EQ(alone.take(), (std::vector<double>{2.0}));
  ControlVariate control(2, 2, 1.0);
  for (int group = 0; group < 2; ++group) {
    control.add(std::vector<int64_t>{0}, std::vector<double>{1.0});
    EXPECT_FALSE(control.is_complete());
    control.add(std::vector<int64_t>{0, 1}, std::vector<double>{1.0, 5.0});
    // h of the first: (1, 5), mean 3, of its mask 1; h of the second: (1, filler 1).
    EXPECT_EQ(control.take(), (std::vector<double>{1.0 - (1.0 - 3.0), 3.0})) << group;
  }
}

}  // namespace
}  // namespace veil
