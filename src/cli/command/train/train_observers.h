#pragma once

#include <chrono>
#include <optional>

#include "cli/terminal/progress.h"
#include "cli/terminal/stop_signal.h"
#include "cli/terminal/watch.h"
#include "io/run/event_file.h"
#include "io/run/run_layout.h"
#include "veil/data/dataset.h"
#include "veil/io/config/resolve.h"
#include "veil/io/model/checkpoint.h"
#include "veil/train/trainer.h"

namespace veil::cli {

/// What the observers of one run share.
struct RunContext {
  const io::RunConfig& config;
  const io::ResolvedRun& run;
  const io::RunLayout& layout;
  const DatasetInfo& training_data;
  const Dataset& training_set;
  const Dataset& evaluation_data;
  const StopSignal& signal;
  io::TrainingHistory history;  ///< of the run; its last stretch is the one at work
  Compute compute;
  bool stopping = false;        ///< set by StopObserver before the others see the step
  bool evaluation_due = false;  ///< left to those who go on, for a signal came
  bool samples_due = false;
};

/// Ends the run after the step in which a signal came.
class StopObserver : public TrainObserver {
 public:
  explicit StopObserver(RunContext& context) : context_(context) {}
  bool on_step(TrainState& state, const StepReport& report) override;

 private:
  RunContext& context_;
};

/// Adds losses on the device, reads them once per log interval, writes the log and its timing and shows progress.
/// Ends the run by NumericalError when too many updates in a row were not finite.
class LogObserver : public TrainObserver {
 public:
  LogObserver(RunContext& context, ProgressReporter& progress);
  bool on_step(TrainState& state, const StepReport& report) override;

  /// The running sums since the last line are part of a checkpoint, so that a resumed log continues to the bit.
  void save(io::Checkpoint& checkpoint) const;
  void restore(const io::Checkpoint& checkpoint);

 private:
  void write_line(TrainState& state);
  void require_finite_updates(TrainState& state) const;

  RunContext& context_;
  ProgressReporter& progress_;
  torch::Tensor sum_;    ///< float64 scalar: bits per dimension of the finite steps since the last line
  torch::Tensor count_;  ///< float64 scalar: number of those steps
  std::chrono::steady_clock::time_point line_start_;
  int64_t line_start_step_ = -1;
};

/// Scores a part (split_part.h) of the evaluation split with the moving average. A signal interrupts it: then it is
/// due.
class EvaluateObserver : public TrainObserver {
 public:
  explicit EvaluateObserver(RunContext& context) : context_(context) {}
  bool on_step(TrainState& state, const StepReport& report) override;

  /// The evaluation that is due, at the step at which the run goes on; false if a signal interrupts it again.
  bool catch_up(TrainState& state);

 private:
  RunContext& context_;
};

/// Draws samples from the moving average, likewise: for a grid, and to compare them with real images.
class SampleObserver : public TrainObserver {
 public:
  explicit SampleObserver(RunContext& context) : context_(context) {}
  bool on_step(TrainState& state, const StepReport& report) override;
  bool catch_up(TrainState& state);

 private:
  void compare(int64_t step, const torch::Tensor& tokens, const ProgressCallback& progress) const;

  RunContext& context_;
};

/// Has the event file follow the logs, after those who write them; nothing where the run has no such file.
class EventObserver : public TrainObserver {
 public:
  EventObserver(RunContext& context, std::optional<io::EventFile>& events) : context_(context), events_(events) {}
  bool on_step(TrainState& state, const StepReport& report) override;

  /// After what was due at the step at which the run goes on.
  void follow(const TrainState& state);

 private:
  RunContext& context_;
  std::optional<io::EventFile>& events_;
};

/// Saves the state, last of all: at intervals, when the run is stopped and at its end. Not at intervals while updates
/// are skipped: weights that give no finite gradient must not displace the last ones that did.
class CheckpointObserver : public TrainObserver {
 public:
  CheckpointObserver(RunContext& context, const LogObserver& log) : context_(context), log_(log) {}
  bool on_step(TrainState& state, const StepReport& report) override;
  void save(TrainState& state);

 private:
  RunContext& context_;
  const LogObserver& log_;
};

/// Whether something that happens every `every` steps (0: never) happens after `step`.
[[nodiscard]] bool is_due(int64_t step, int64_t every);

/// The state as a checkpoint (views of its tensors, no copies), and back. `restore` throws InvalidArgument if names or
/// shapes do not fit.
[[nodiscard]] io::Checkpoint to_checkpoint(TrainState& state, const RunContext& context);
void restore(TrainState& state, RunContext& context, const io::Checkpoint& checkpoint);

}  // namespace veil::cli
