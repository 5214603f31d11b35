#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command/schedules/comparison_parts.h"
#include "evaluate/schedule_noise.h"

namespace veil::cli {

/// The bound in T steps of one schedule; bits per dimension, half widths of 95 % intervals.
struct StepBoundRow {
  std::string schedule;
  std::string grid;
  int64_t steps = 0;
  SpreadFigure bound = {};   ///< from the profile
  SpreadFigure gap = {};     ///< to the continuous bound, on the same examples
  SpreadFigure direct = {};  ///< by direct Monte Carlo on some of the examples; NaN where it was not made
  SpreadFigure disagreement =
      {};              ///< direct less profile, on those examples: 0 is within its interval if both are right
  double calls = 0.0;  ///< expected network calls for a sample
};

/// What a sampler of K fixed counts costs: the expected code length of its samples' law.
struct CountGridRow {
  int64_t calls = 0;
  std::string schedule;  ///< "best" for the grid that was fitted to the training split
  std::string grid;      ///< of the times of the schedule
  std::vector<int64_t> counts;
  SpreadFigure bound = {};
  SpreadFigure excess = {};  ///< over the best, on the same examples
};

/// All that is compared, in numbers.
struct ComparisonFigures {
  double clip = 0.0;
  std::vector<ScheduleNoise> noise;
  SpreadFigure continuous;  ///< the bound in infinitely many steps, the same for all
  std::vector<StepBoundRow> bounds;
  std::vector<CountGridRow> grids;  ///< by calls, the best first
};

/// The best grid of each number of calls, fitted to the training split, and those of the schedules; without figures.
[[nodiscard]] std::vector<CountGridRow> count_grids(const ComparisonParts& parts, const ComparisonSettings& settings);

/// Half widths are 1.96 times the spread over 200 sets of examples that are drawn again.
[[nodiscard]] ComparisonFigures comparison_figures(const ComparisonParts& parts, const ComparisonSettings& settings,
                                                   int64_t vocab_size);

}  // namespace veil::cli
