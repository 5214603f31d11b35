#include "veil/evaluate/sequential_design.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "veil/base/error.h"

namespace veil {
namespace {

TEST(SequentialDesignTest, LooksAreHalvesFromFiftyOn) {
  EXPECT_EQ(planned_looks(1000), (std::vector<int64_t>{62, 125, 250, 500, 1000}));
  EXPECT_EQ(planned_looks(10000), (std::vector<int64_t>{78, 156, 312, 625, 1250, 2500, 5000, 10000}));
  EXPECT_EQ(planned_looks(1'000'000).size(), 8U);
  EXPECT_EQ(planned_looks(100), (std::vector<int64_t>{50, 100}));
  EXPECT_EQ(planned_looks(99), std::vector<int64_t>{99});
  EXPECT_EQ(planned_looks(1), std::vector<int64_t>{1});
  EXPECT_THROW((void)planned_looks(0), InvalidArgument);
}

// Of Pocock's table for looks at equal distances (Jennison and Turnbull, Group Sequential Methods, table 2.1).
TEST(SequentialDesignTest, BoundariesAreThoseOfPococksTable) {
  const std::vector<double> of_five_percent{1.960, 2.178, 2.289, 2.361, 2.413, 2.453, 2.485, 2.512};
  const std::vector<double> of_one_percent{2.576, 2.772, 2.873, 2.939, 2.986};
  for (size_t looks = 1; looks <= of_five_percent.size(); ++looks) {
    std::vector<int64_t> sizes;
    for (size_t look = 1; look <= looks; ++look) {
      sizes.push_back(static_cast<int64_t>(100 * look));
    }
    EXPECT_NEAR(SequentialDesign(sizes, 0.05).boundary(), of_five_percent[looks - 1], 6e-4) << looks;
    if (looks <= of_one_percent.size()) {
      EXPECT_NEAR(SequentialDesign(sizes, 0.01).boundary(), of_one_percent[looks - 1], 6e-4) << looks;
    }
  }
}

// By Simpson's rule with 400 steps and the drift inside the recursion, in Python; boundaries to 1e-8.
TEST(SequentialDesignTest, ProbabilitiesAreThoseOfAnotherQuadrature) {
  struct Case {
    size_t look;
    double z;
    double drift;
    double probability;
  };
  const SequentialDesign halves({62, 125, 250, 500, 1000}, 0.05);
  EXPECT_NEAR(halves.boundary(), 2.4844949178, 1e-7);
  for (const auto& each : {Case{0, 2.6, 0.1, 0.03494682967589712}, Case{1, 1.5, 0.05, 0.17601298772066518},
                           Case{1, -2.7, -0.1, 0.9182771638710756}, Case{4, 0.3, 0.02, 0.6308872098485698},
                           Case{4, 2.9, 0.12, 0.8520454167671165}}) {
    EXPECT_NEAR(halves.probability_at_least(each.look, each.z, each.drift), each.probability, 1e-7) << each.look;
  }
  const SequentialDesign uneven({100, 110, 300}, 0.05);
  EXPECT_NEAR(uneven.boundary(), 2.2561649643, 1e-7);
  for (const auto& each : {Case{1, 1.5, 0.05, 0.16471169561539253}, Case{1, -2.7, -0.1, 0.8935420441510655},
                           Case{2, 0.3, 0.02, 0.5193227184616351}, Case{2, 2.9, 0.12, 0.29285779889510555}}) {
    EXPECT_NEAR(uneven.probability_at_least(each.look, each.z, each.drift), each.probability, 1e-7) << each.look;
  }
}

TEST(SequentialDesignTest, OneLookHasTheUsualInterval) {
  const auto interval = SequentialDesign({500}, 0.05).interval(0, 3.0);
  EXPECT_NEAR(interval.low, 3.0 - 1.959963984540, 1e-9);
  EXPECT_NEAR(interval.high, 3.0 + 1.959963984540, 1e-9);
}

TEST(SequentialDesignTest, TheIntervalLeavesOutZeroExactlyWhereTheBoundaryIsCrossed) {
  const SequentialDesign design(planned_looks(1000), 0.05);
  const double boundary = design.boundary();
  // At the first look the probability to be there is the normal one; later an outcome counts as less extreme than all
  // that ended earlier, until at the last look nothing is left of the boundary.
  EXPECT_NEAR(design.interval(0, boundary).low, boundary - 1.959963984540, 1e-9);
  double previous = boundary;
  for (size_t look = 0; look < 5; ++look) {
    const auto above = design.interval(look, boundary + 1e-6);
    EXPECT_GT(above.low, 0.0) << look;
    EXPECT_LT(above.low, previous) << look;
    previous = above.low;
    const auto below = design.interval(look, -boundary - 1e-6);
    EXPECT_NEAR(below.low, -above.high, 1e-9) << look;
    EXPECT_NEAR(below.high, -above.low, 1e-9) << look;
  }
  EXPECT_LT(previous, 1e-5);
  EXPECT_LT(design.interval(4, boundary - 1e-6).low, 0.0);
  const auto certain = design.interval(0, 40.0);  // far beyond, the first look is all there is
  EXPECT_NEAR(certain.low, 40.0 - 1.959963984540, 1e-6);
  EXPECT_NEAR(certain.high, 40.0 + 1.959963984540, 1e-6);
}

// Normal examples, whose mean is known. 20,000 repeats: a share of 95 % has the standard error 0.15 %.
TEST(SequentialDesignTest, TheIntervalCoversAtEveryTrueMean) {
  constexpr int kRepeats = 20'000;
  const SequentialDesign design({50, 100, 200, 400}, 0.05);
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  for (const double mean : {0.0, 0.05, 0.15, 0.4}) {
    int covered = 0;
    int settled = 0;
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
      double sum = 0;
      int64_t before = 0;
      for (size_t look = 0;; ++look) {
        const auto size = design.sizes()[look];
        const auto more = static_cast<double>(size - before);
        sum += more * mean + std::sqrt(more) * normal(random);
        before = size;
        const double root = std::sqrt(static_cast<double>(size));
        const double z = sum / root;
        const bool is_out = std::abs(z) > design.boundary();
        if (is_out || look + 1 == design.sizes().size()) {
          // The interval holds the mean exactly if neither tail at it is below 2.5 %.
          const double probability = design.probability_at_least(look, z, mean);
          covered += probability >= 0.025 && probability <= 0.975 ? 1 : 0;
          settled += is_out ? 1 : 0;
          if (repeat < 20) {
            const auto interval = design.interval(look, z);
            EXPECT_EQ(interval.low <= mean * root && mean * root <= interval.high,
                      probability >= 0.025 && probability <= 0.975);
          }
          break;
        }
      }
    }
    EXPECT_NEAR(covered, 0.95 * kRepeats, 4 * std::sqrt(0.05 * 0.95 * kRepeats)) << mean;
    if (mean == 0) {
      EXPECT_NEAR(settled, 0.05 * kRepeats, 4 * std::sqrt(0.05 * 0.95 * kRepeats));
    }
  }
}

TEST(SequentialDesignTest, WhatIsNoDesignIsRefused) {
  EXPECT_THROW(SequentialDesign({}, 0.05), InvalidArgument);
  EXPECT_THROW(SequentialDesign({0, 5}, 0.05), InvalidArgument);
  EXPECT_THROW(SequentialDesign({5, 5}, 0.05), InvalidArgument);
  EXPECT_THROW(SequentialDesign({5}, 0.0), InvalidArgument);
  EXPECT_THROW(SequentialDesign({5}, 1.0), InvalidArgument);
}

}  // namespace
}  // namespace veil
