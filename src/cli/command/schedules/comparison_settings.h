#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/arguments/arguments.h"
#include "io/config/schedule_file.h"

namespace veil::cli {

/// What `veil schedules compare` compares, and on how much.
struct ComparisonSettings {
  std::vector<io::NamedSchedule> schedules;  ///< none twice
  std::vector<int64_t> steps;                ///< T of the bounds in finitely many steps
  std::vector<int64_t> calls;                ///< K of the count grids
  int64_t limit = 1000;                      ///< examples of each split; 0: all
  int64_t samples = 64;                      ///< of each schedule and grid; 0: none
  int64_t sample_calls = 32;                 ///< network calls of each
  int64_t batch_size = 32;                   ///< examples of a batch whose loss and gradient are compared
  uint64_t seed = 0;
};

/// The flags of the command line over the section [compare] of the file --config over the defaults; lists for examples
/// of `length` tokens, that is without counts beyond it. Throws UsageError that names flag or file and line.
[[nodiscard]] ComparisonSettings comparison_settings(const Arguments& arguments, int64_t length);

/// The schedules that --schedules names, or the five of the paper. Throws UsageError for one that stands twice, and as
/// io::read_schedule.
[[nodiscard]] std::vector<io::NamedSchedule> named_schedules(const Arguments& arguments);

/// Arms of a training that are no schedules: counts are drawn, and a schedule by value is learned.
inline constexpr const char* kCountArm = "count";
inline constexpr const char* kGenMd4Arm = "genmd4";

/// What `veil schedules compare --train` trains.
struct TrainingSettings {
  std::string base;                     ///< configuration file of the runs
  std::vector<io::NamedSchedule> arms;  ///< of schedules, or called kCountArm or kGenMd4Arm; the first is what others
                                        ///< are compared with
  int64_t seeds = 1;                    ///< runs of each arm
};

/// Likewise. Throws UsageError too if there is no base.
[[nodiscard]] TrainingSettings training_settings(const Arguments& arguments);

/// Whole numbers in [low, high]: "8,16,32", "8..256" for all from 8 to 256. Throws UsageError that names the flag.
[[nodiscard]] std::vector<int64_t> whole_numbers(const std::string& flag, const std::string& text, int64_t low,
                                                 int64_t high);

}  // namespace veil::cli
