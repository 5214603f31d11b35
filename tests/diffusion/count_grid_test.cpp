// Count grids against brute force over all of them, and against the grids of times that they stand for.
#include "veil/diffusion/count_grid.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "veil/base/error.h"
#include "veil/diffusion/time_grid.h"

namespace veil {
namespace {

// The smallest cost of any grid of so many steps from k masked tokens, by trying all.
double smallest_cost(const std::vector<double>& profile, int64_t k, int64_t steps) {
  if (steps == 0) {
    return k == 0 ? 0 : INFINITY;
  }
  double best = INFINITY;
  for (int64_t left = 0; left < k; ++left) {
    best = std::min(best, static_cast<double>(k - left) * profile[k - 1] + smallest_cost(profile, left, steps - 1));
  }
  return best;
}

std::vector<int64_t> up_to(int64_t length) {
  std::vector<int64_t> steps(static_cast<size_t>(length));
  std::iota(steps.begin(), steps.end(), 1);
  return steps;
}

void expect_best(const std::vector<double>& profile) {
  const auto length = static_cast<int64_t>(profile.size());
  const auto grids = optimal_count_grids(profile, up_to(length));
  for (int64_t steps = 1; steps <= length; ++steps) {
    const auto& grid = grids[steps - 1];
    ASSERT_EQ(std::ssize(grid), steps + 1);
    EXPECT_NEAR(count_grid_bound(profile, grid), smallest_cost(profile, length, steps), 1e-12)
        << length << " " << steps;
  }
}

TEST(CountGridTest, TheBestEqualsBruteForceForAnyProfile) {
  std::mt19937 generator(1);
  std::uniform_real_distribution<double> number(0.0, 3.0);
  for (int64_t length = 1; length <= 8; ++length) {
    for (int trial = 0; trial < 20; ++trial) {
      std::vector<double> profile(static_cast<size_t>(length));
      std::generate(profile.begin(), profile.end(), [&] { return number(generator); });
      expect_best(profile);  // falls and rises, as that of an inconsistent model may
      std::sort(profile.begin(), profile.end());
      expect_best(profile);
    }
  }
  expect_best(std::vector<double>(8, 1.5));
  expect_best({0, 0, 0, 0, 0, 0, 0, std::log(256.0)});
}

// The cost of one step for each token is the sum of the profile, whatever it is.
TEST(CountGridTest, AsManyStepsAsTokensLeaveNoGap) {
  std::vector<double> profile(784);
  for (size_t k = 0; k < profile.size(); ++k) {
    profile[k] = std::sqrt(static_cast<double>(k + 1)) + std::sin(static_cast<double>(k));
  }
  const std::vector<int64_t> steps{784};
  const auto grids = optimal_count_grids(profile, steps);
  EXPECT_NEAR(count_grid_bound(profile, grids.front()), std::accumulate(profile.begin(), profile.end(), 0.0), 1e-9);
}

// Where g rises as a straight line the steps should all be of one size: sum of r_j^2 is then smallest.
TEST(CountGridTest, AStraightProfileWantsEqualSteps) {
  std::vector<double> profile(1024);
  std::iota(profile.begin(), profile.end(), 1.0);
  const std::vector<int64_t> steps{1, 2, 16, 64};
  const auto grids = optimal_count_grids(profile, steps);
  for (size_t i = 0; i < steps.size(); ++i) {
    for (size_t j = 0; j + 1 < grids[i].size(); ++j) {
      EXPECT_EQ(grids[i][j] - grids[i][j + 1], 1024 / steps[i]) << steps[i];
    }
  }
}

TEST(CountGridTest, IsNoWorseThanTheGridOfAnySchedule) {
  std::vector<double> profile(300);
  for (size_t k = 0; k < profile.size(); ++k) {
    profile[k] = std::log(static_cast<double>(k + 2));
  }
  for (const int64_t steps : {1, 7, 60, 300}) {
    const std::vector<int64_t> wanted{steps};
    const double best = count_grid_bound(profile, optimal_count_grids(profile, wanted).front());
    for (const char* name : {"linear", "cosine", "poly3", "poly0.5", "geometric"}) {
      for (const auto kind : {TimeGridKind::kUniform, TimeGridKind::kCosine}) {
        const auto grid = count_grid(MaskSchedule(parse_schedule(name)), time_grid(kind, steps), 300);
        EXPECT_LE(best, count_grid_bound(profile, grid) + 1e-9) << name << " " << steps;
      }
    }
  }
}

TEST(CountGridTest, FollowsTheScheduleAndHasEveryStep) {
  const auto uniform = time_grid(TimeGridKind::kUniform, 4);
  EXPECT_EQ(count_grid(MaskSchedule(), uniform, 100), (std::vector<int64_t>{100, 75, 50, 25, 0}));
  // 100 sin(pi/2 t) at t = 3/4, 1/2, 1/4
  EXPECT_EQ(count_grid(MaskSchedule(parse_schedule("cosine")), uniform, 100),
            (std::vector<int64_t>{100, 92, 71, 38, 0}));
  const auto fine = time_grid(TimeGridKind::kUniform, 100);
  for (const char* name : {"cosine", "poly3", "geometric"}) {
    EXPECT_NO_THROW(check_counts(count_grid(MaskSchedule(parse_schedule(name)), fine, 100), 100)) << name;
    EXPECT_EQ(count_grid(MaskSchedule(parse_schedule(name)), fine, 100).size(), 101U) << name;
  }
}

TEST(CountGridTest, SaysWhatIsWrong) {
  const std::vector<double> profile{1, 2, 3};
  const std::vector<int64_t> none{0};
  const std::vector<int64_t> many{4};
  EXPECT_THROW((void)optimal_count_grids(profile, none), InvalidArgument);
  EXPECT_THROW((void)optimal_count_grids(profile, many), InvalidArgument);
  EXPECT_THROW((void)optimal_count_grids({}, std::vector<int64_t>{1}), InvalidArgument);
  EXPECT_THROW((void)optimal_count_grids(std::vector<double>{1, NAN}, std::vector<int64_t>{1}), InvalidArgument);
  EXPECT_THROW((void)count_grid(MaskSchedule(), time_grid(TimeGridKind::kUniform, 4), 3), InvalidArgument);
  for (const auto& counts : std::vector<std::vector<int64_t>>{{3}, {}, {2, 0}, {3, 1}, {3, 3, 0}, {3, 1, 2, 0}}) {
    EXPECT_THROW((void)count_grid_bound(profile, counts), InvalidArgument);
  }
}

}  // namespace
}  // namespace veil
