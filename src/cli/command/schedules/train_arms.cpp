#include "cli/command/schedules/train_arms.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>
#include <map>

#include "cli/arguments/usage_error.h"
#include "evaluate/statistics.h"
#include "io/config/config_file.h"
#include "io/file/files.h"
#include "io/run/evaluation_file.h"
#include "io/run/run_layout.h"
#include "io/run/run_log.h"
#include "veil/base/error.h"
#include "veil/diffusion/mask_schedule.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kCurvePoints = 10;
constexpr int64_t kMaxBytes = int64_t{1} << 30;
constexpr SpreadFigure kUnknown{.value = std::numeric_limits<double>::quiet_NaN(),
                                .half_width = std::numeric_limits<double>::quiet_NaN()};

// All arms have the same network: where one must be told the time, all are.
std::vector<std::string> settings_of(const io::NamedSchedule& arm, bool is_told_time) {
  std::vector<std::string> settings;
  if (is_told_time) {
    settings.emplace_back("--model.condition=time");
  }
  if (arm.name == kGenMd4Arm) {
    settings.insert(settings.end(), {"--schedule.powers=smooth", "--objective.form=time", "--evaluate.form=time"});
  } else if (arm.name == kCountArm) {
    settings.emplace_back("--objective.form=count");
  } else {
    settings.insert(settings.end(), {concat("--schedule.kind=", schedule_name(arm.options)), "--schedule.clip=1e-4",
                                     "--objective.form=time"});
  }
  return settings;
}

SpreadFigure mean_figure(const std::vector<double>& values) {
  return {.value = mean_of(values), .half_width = student_quantile(std::ssize(values) - 1) * error_of_mean(values)};
}

SpreadFigure mean_difference(const std::vector<double>& values, const std::vector<double>& others) {
  if (values.size() != others.size()) {
    return kUnknown;
  }
  std::vector<double> differences;
  for (size_t i = 0; i < values.size(); ++i) {
    differences.push_back(values[i] - others[i]);
  }
  return mean_figure(differences);
}

// Bits of the scored examples by step, and those of the finished model.
struct RunBits {
  std::map<int64_t, std::vector<double>> by_step;
  std::vector<double> last;
  std::vector<int64_t> last_examples;
};

RunBits bits_of(const fs::path& run) {
  const io::RunLayout layout(run);
  RunBits bits;
  if (fs::exists(layout.example_bits)) {
    const auto bytes = io::read_file(layout.example_bits, kMaxBytes);
    io::for_each_line({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, [&](std::string_view text) {
      auto line = io::parse_example_bits_line(text);
      bits.by_step[line.step] = std::move(line.bits);
    });
  }
  const auto report = io::read_evaluation(layout.evaluation);
  require<DataError>(!report.example_bits.empty(), layout.evaluation.string(),
                     ": does not hold the bits of its examples");
  bits.last = report.example_bits;
  bits.last_examples = report.example_indices;
  return bits;
}

ArmResult result_of(const TrainedArm& arm, const RunBits& bits, const RunBits& first) {
  ArmResult result{.arm = arm, .curve = {}, .bits = mean_figure(bits.last), .difference = kUnknown};
  for (const auto& [step, values] : bits.by_step) {
    const auto other = first.by_step.find(step);
    result.curve.push_back(
        {.step = step,
         .bits = mean_figure(values),
         .difference = other == first.by_step.end() ? kUnknown : mean_difference(values, other->second)});
  }
  if (bits.last_examples == first.last_examples) {
    result.difference = mean_difference(bits.last, first.last);
  }
  return result;
}

}  // namespace

std::vector<PlannedRun> planned_runs(const fs::path& base, const std::vector<io::NamedSchedule>& arms, int64_t seeds,
                                     const fs::path& folder) {
  io::RunConfig config;
  io::read_config_file(base, config);
  const bool is_told_time =
      std::any_of(arms.begin(), arms.end(), [](const auto& arm) { return arm.name == kGenMd4Arm; });
  std::vector<PlannedRun> runs;
  for (int64_t seed = 0; seed < seeds; ++seed) {
    for (const io::NamedSchedule& arm : arms) {
      const fs::path run = folder / "runs" / concat(arm.name, "-seed", seed);
      const int64_t passes = arm.name == kGenMd4Arm ? 2 : 1;
      PlannedRun planned{.arm = {.name = arm.name, .seed = seed, .run = run, .passes_per_example = passes},
                         .words = {"train", "--config", base.string(), "--run", run.string()}};
      const auto settings = settings_of(arm, is_told_time);
      planned.words.insert(planned.words.end(), settings.begin(), settings.end());
      planned.words.push_back(concat("--train.seed=", seed));
      if (config.train.evaluate_every == 0) {
        planned.words.push_back(
            concat("--train.evaluate_every=", std::max<int64_t>(1, config.train.steps / kCurvePoints)));
      }
      runs.push_back(std::move(planned));
    }
  }
  return runs;
}

std::vector<ArmResult> arm_results(const std::vector<PlannedRun>& runs) {
  std::vector<RunBits> bits;
  std::vector<ArmResult> results;
  std::map<int64_t, size_t> first_of_seed;
  for (const PlannedRun& run : runs) {
    bits.push_back(bits_of(run.arm.run));
    const size_t first = first_of_seed.try_emplace(run.arm.seed, bits.size() - 1).first->second;
    results.push_back(result_of(run.arm, bits.back(), bits[first]));
  }
  return results;
}

}  // namespace veil::cli
