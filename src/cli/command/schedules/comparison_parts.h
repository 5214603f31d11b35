#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cli/command/schedules/comparison_settings.h"
#include "cli/command/schedules/part_store.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/stop_signal.h"
#include "cli/terminal/watch.h"
#include "evaluate/schedule_noise.h"
#include "evaluate/step_bounds.h"
#include "veil/base/device.h"
#include "veil/data/dataset.h"
#include "veil/diffusion/time_grid.h"
#include "veil/nn/denoiser.h"

namespace veil::cli {

/// Which times the steps of a schedule are taken at.
struct NamedGrid {
  std::string name;
  TimeGridKind kind;
};
[[nodiscard]] const std::vector<NamedGrid>& named_grids();

/// The direct estimate of one bound in T steps.
struct DirectBound {
  std::string schedule;
  int64_t steps = 0;
  std::vector<double> nats;  ///< of each example
};

/// What the network was asked; all that is compared follows from it.
struct ComparisonParts {
  std::vector<ScheduleNoise> noise;      ///< the first arm draws counts
  double clip = 0.0;                     ///< of the schedules in it
  ProfilePasses fitted;                  ///< on the training split
  ProfilePasses scored;                  ///< on the split that is scored
  std::vector<int64_t> direct_examples;  ///< places in `scored` of the examples of the direct estimates
  std::vector<DirectBound> direct;
};

/// Makes the parts, or takes them from the store. Throws Stopped after a signal.
class PartMaker {
 public:
  PartMaker(Denoiser& denoiser, const Dataset& training, const Dataset& scored, const ComparisonSettings& settings,
            const EvaluationOptions& evaluation, const Compute& compute, const StopSignal& signal, bool quiet);

  /// Forward passes that everything takes together, those of samples not counted; a gradient counts as three.
  [[nodiscard]] int64_t passes() const;

  /// Forward passes a second, from a few of them.
  [[nodiscard]] double speed() const;

  [[nodiscard]] ComparisonParts make(const PartStore& store) const;

  /// Shows progress of one part, and calls `measure` with what it is to call meanwhile.
  template <typename Measure>
  [[nodiscard]] auto watched(ProgressOptions shown, const Measure& measure) const {
    shown.quiet = quiet_;
    ProgressReporter progress(std::move(shown));
    return measure(stoppable(progress, signal_));
  }

 private:
  [[nodiscard]] std::vector<NoiseArm> arms() const;
  [[nodiscard]] ScheduleNoiseOptions noise_options() const;
  [[nodiscard]] EvaluationOptions direct_options() const;
  [[nodiscard]] std::vector<ScheduleNoise> noise(const PartStore& store) const;
  [[nodiscard]] ProfilePasses profile(const PartStore& store, const std::string& name, const Dataset& data) const;
  [[nodiscard]] std::vector<DirectBound> direct(const PartStore& store) const;

  Denoiser& denoiser_;
  const Dataset& training_;
  const Dataset& scored_;
  const ComparisonSettings& settings_;
  EvaluationOptions evaluation_;
  const Compute& compute_;
  const StopSignal& signal_;
  bool quiet_;
};

}  // namespace veil::cli
