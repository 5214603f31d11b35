#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/arguments/arguments.h"
#include "cli/command/schedules/comparison_settings.h"
#include "evaluate/schedule_noise.h"

namespace veil::cli {

/// One way of training that is compared, with one seed.
struct TrainedArm {
  std::string name;  ///< of the schedule, kCountArm or kGenMd4Arm
  int64_t seed = 0;
  std::filesystem::path run;
  int64_t passes_per_example = 1;  ///< forward passes of a training step: GenMD4 takes two masks of each example
};

/// A figure after some updates.
struct CurvePoint {
  int64_t step = 0;
  SpreadFigure bits;        ///< over examples
  SpreadFigure difference;  ///< to the first arm of the same seed, on the same examples and masks
};

/// What became of an arm.
struct ArmResult {
  TrainedArm arm;
  std::vector<CurvePoint> curve;  ///< of the part of the split that is scored during training
  SpreadFigure bits;              ///< of the finished model
  SpreadFigure difference;        ///< to the first arm of the same seed; NaN where their examples are not the same
};

/// The runs of all arms and seeds in `folder`, with the words that `veil train` is called with for each.
struct PlannedRun {
  TrainedArm arm;
  std::vector<std::string> words;
};
[[nodiscard]] std::vector<PlannedRun> planned_runs(const std::filesystem::path& base,
                                                   const std::vector<io::NamedSchedule>& arms, int64_t seeds,
                                                   const std::filesystem::path& folder);

/// Reads finished runs; the first arm is what the others are compared with. Throws DataError.
[[nodiscard]] std::vector<ArmResult> arm_results(const std::vector<PlannedRun>& runs);

/// Trains what is not trained yet, writes training.json, training.csv and plots, and prints a table. Returns the exit
/// code.
int run_schedules_train(const Arguments& arguments);

}  // namespace veil::cli
