#include "cli/command/train/train_observers.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "cli/command/train/run_results.h"
#include "cli/opening/memory_check.h"
#include "cli/opening/provenance.h"
#include "cli/terminal/watch.h"
#include "io/run/run_log.h"
#include "io/run/sample_files.h"
#include "veil/base/error.h"
#include "veil/evaluate/evaluator.h"
#include "veil/nn/token_powers.h"
#include "veil/quality/quality.h"
#include "veil/sample/sampler.h"

namespace veil::cli {
namespace {

constexpr int64_t kComparedWith = 2000;  // training images

// Names of numbers in a checkpoint.
constexpr const char* kMeterSum = "meter_sum";
constexpr const char* kMeterCount = "meter_count";
constexpr const char* kSkippedTotal = "skipped_total";
constexpr const char* kSkippedInRow = "skipped_in_row";
constexpr const char* kEvaluationDue = "evaluation_due";  // these two only where it is so
constexpr const char* kSamplesDue = "samples_due";

std::optional<io::PowerSpread> power_spread(const Denoiser& denoiser) {
  const auto schedule = power_schedule(denoiser);
  if (!schedule) {
    return std::nullopt;
  }
  const auto& powers = schedule->powers();
  const auto [low, high] = std::minmax_element(powers.begin(), powers.end());
  return io::PowerSpread{
      .low = *low,
      .high = *high,
      .mean = std::accumulate(powers.begin(), powers.end(), 0.0) / static_cast<double>(powers.size())};
}

int64_t skipped_in_row(TrainState& state) { return state.optimizer.skipped_in_row().item<int64_t>(); }

// Does work that takes long, unless the run is stopping or a signal comes: false then.
bool unless_stopped(RunContext& context, const std::function<void(const ProgressCallback&)>& work) {
  if (context.stopping) {
    return false;
  }
  try {
    work(stoppable(context.signal));
    return true;
  } catch (const Stopped&) {
    context.stopping = true;
    return false;
  }
}

}  // namespace

bool is_due(int64_t step, int64_t every) { return every > 0 && step % every == 0; }

bool StopObserver::on_step(TrainState& /*state*/, const StepReport& /*report*/) {
  context_.stopping = context_.signal.received() != 0;
  return !context_.stopping;
}

LogObserver::LogObserver(RunContext& context, ProgressReporter& progress)
    : context_(context),
      progress_(progress),
      sum_(torch::zeros({}, torch::TensorOptions(context.compute.device).dtype(torch::kFloat64))),
      count_(torch::zeros_like(sum_)),
      line_start_(std::chrono::steady_clock::now()) {}

void LogObserver::save(io::Checkpoint& checkpoint) const {
  checkpoint.numbers[kMeterSum] = sum_.item<double>();  // sync: once per checkpoint
  checkpoint.numbers[kMeterCount] = count_.item<double>();
}

void LogObserver::restore(const io::Checkpoint& checkpoint) {
  sum_.fill_(checkpoint.numbers.at(kMeterSum));
  count_.fill_(checkpoint.numbers.at(kMeterCount));
}

bool LogObserver::on_step(TrainState& state, const StepReport& report) {
  if (line_start_step_ < 0) {
    line_start_step_ = state.step - 1;
  }
  const auto finite = torch::isfinite(report.bits_per_dim);
  sum_ += torch::where(finite, report.bits_per_dim, 0.0);
  count_ += finite;
  if (is_due(state.step, context_.config.train.log_every) || state.step == context_.config.train.steps) {
    write_line(state);
  } else {
    progress_.advance(state.step);
  }
  if (context_.compute.device.is_cpu() || is_due(state.step, context_.config.train.log_every)) {
    require_finite_updates(state);
  }
  return true;
}

void LogObserver::require_finite_updates(TrainState& state) const {
  const auto in_row = skipped_in_row(state);  // sync: once per log interval, or free on a CPU
  const int64_t most = context_.config.train.max_skipped;
  if (in_row < most) {
    return;
  }
  // The weights that gave them are those after step - in_row updates: a checkpoint of these would give them again.
  const auto good = io::remove_checkpoints_from(context_.layout.checkpoints, state.step - in_row);
  throw NumericalError(
      concat(
          "step ", state.step, ": the last ", in_row, " updates had non-finite gradients and were skipped, want fewer ",
          "than ", most, " in a row (train.max_skipped); ",
          good
              ? concat("the checkpoint of step ", *good, ", from before them, is unharmed: go on from it with a lower ",
                       "optimizer.learning_rate (it is ", context_.config.optimizer.learning_rate,
                       ") or a limit by optimizer.clip_norm")
              : std::string("there is no checkpoint from before them: begin in another folder with a lower "
                            "optimizer.learning_rate or a limit by optimizer.clip_norm")),
      state.step);
}

void LogObserver::write_line(TrainState& state) {
  const auto& train = context_.config.train;
  const double count = count_.item<double>();  // sync: once per log interval
  const double bits = count > 0 ? sum_.item<double>() / count : std::numeric_limits<double>::quiet_NaN();
  io::append_line(context_.layout.log,
                  io::to_json_line(io::TrainLine{
                      .step = state.step,
                      .bits_per_dim = bits,
                      .learning_rate = learning_rate_at(context_.config.optimizer, state.step - 1, train.steps),
                      .gradient_norm = state.optimizer.gradient_norm().item<double>(),
                      .examples = state.step * train.batch_size,
                      .skipped = static_cast<int64_t>(state.optimizer.skipped_total().item<float>()),
                      .powers = power_spread(*state.denoiser)}));
  const auto now = std::chrono::steady_clock::now();
  const double seconds = std::chrono::duration<double>(now - line_start_).count();
  const double examples = static_cast<double>((state.step - line_start_step_) * train.batch_size);
  io::append_line(context_.layout.timing,
                  io::to_json_line(io::TimingLine{.step = state.step,
                                                  .seconds = seconds,
                                                  .examples_per_second = examples / seconds,
                                                  .peak_memory_bytes = peak_bytes(context_.compute.device)}));
  progress_.advance(state.step, bits);
  sum_.zero_();
  count_.zero_();
  line_start_ = now;
  line_start_step_ = state.step;
}

bool EvaluateObserver::on_step(TrainState& state, const StepReport& /*report*/) {
  const auto& train = context_.config.train;
  // The end has its own, whole evaluation.
  return !is_due(state.step, train.evaluate_every) || state.step == train.steps || catch_up(state);
}

bool EvaluateObserver::catch_up(TrainState& state) {
  auto options = context_.run.evaluation;
  options.limit = context_.config.train.evaluate_examples;
  context_.evaluation_due = !unless_stopped(context_, [&](const auto& progress) {
    const auto report = with_batch_advice(batch_setting(options), [&] {
      return evaluate(*state.average, context_.evaluation_data, options, context_.compute, progress);
    });
    io::append_line(context_.layout.log, io::to_json_line(io::EvaluationLine{.step = state.step,
                                                                             .bits_per_dim = report.bits_per_dim,
                                                                             .standard_error = report.standard_error,
                                                                             .examples = report.examples,
                                                                             .dataset_size = report.dataset_size}));
    io::append_line(context_.layout.example_bits,
                    io::to_json_line(io::ExampleBitsLine{.step = state.step, .bits = report.example_bits}));
  });
  return !context_.evaluation_due;
}

bool SampleObserver::on_step(TrainState& state, const StepReport& /*report*/) {
  const auto& train = context_.config.train;
  // The end has a grid of its own.
  const bool is_grid_due = is_due(state.step, train.sample_every) && state.step != train.steps;
  return (!is_grid_due && !is_due(state.step, train.quality_every)) || catch_up(state);
}

bool SampleObserver::catch_up(TrainState& state) {
  const auto& train = context_.config.train;
  context_.samples_due = !unless_stopped(context_, [&](const auto& progress) {
    const auto tokens = with_batch_advice(batch_setting(context_.run.sample), [&] {
      return veil::sample(*state.average, context_.run.sample, context_.compute, progress);
    });
    if (is_due(state.step, train.quality_every)) {
      compare(state.step, tokens, progress);
    }
    if (is_due(state.step, train.sample_every) && state.step != train.steps) {
      (void)io::write_step_samples(context_.layout, state.step, tokens, context_.training_data,
                                   io::grid_rows(state.average->options(), context_.run.sample));
    }
  });
  return !context_.samples_due;
}

void SampleObserver::compare(int64_t step, const torch::Tensor& tokens, const ProgressCallback& progress) const {
  QualityOptions options;
  options.reference = kComparedWith;
  options.permutations = QualityRanges::kPermutations.low;  // nothing is tested here
  const auto report = assess_quality(tokens, context_.evaluation_data, context_.training_set, options, progress);
  io::append_line(context_.layout.log, io::to_json_line(io::QualityLine{
                                           .step = step, .samples = report.compared, .figures = report.figures}));
}

bool EventObserver::on_step(TrainState& state, const StepReport& /*report*/) {
  const auto& train = context_.config.train;
  const auto every = {train.log_every, train.evaluate_every, train.sample_every, train.quality_every};
  if (state.step == train.steps ||
      std::any_of(every.begin(), every.end(), [&](int64_t steps) { return is_due(state.step, steps); })) {
    follow(state);
  }
  return true;
}

void EventObserver::follow(const TrainState& state) {
  const auto& train = context_.config.train;
  const bool has_grid = is_due(state.step, train.sample_every) && state.step != train.steps && !context_.samples_due;
  if (events_) {
    events_->follow(state.step, has_grid);
  }
}

bool CheckpointObserver::on_step(TrainState& state, const StepReport& /*report*/) {
  const auto& train = context_.config.train;
  const bool is_interval = is_due(state.step, train.checkpoint_every) && skipped_in_row(state) == 0;
  if (context_.stopping || state.step == train.steps || is_interval) {
    save(state);
  }
  return true;
}

void CheckpointObserver::save(TrainState& state) {
  auto checkpoint = to_checkpoint(state, context_);
  log_.save(checkpoint);
  const int64_t before_skipped = skipped_in_row(state) > 0 ? 1 : 0;  // stays as well
  (void)io::save_checkpoint(context_.layout.checkpoints, checkpoint,
                            context_.config.train.keep_checkpoints + before_skipped);
}

io::Checkpoint to_checkpoint(TrainState& state, const RunContext& context) {
  auto& optimizer = state.optimizer;
  auto& parameters = optimizer.parameters();
  io::Checkpoint checkpoint{
      .step = state.step,
      .weights = parameters.named(parameters.values()),
      .average = parameters.named(optimizer.average()),
      .first_moments = parameters.named(optimizer.first_moments()),
      .second_moments = parameters.named(optimizer.second_moments()),
      .update_count = optimizer.update_count(),
      .numbers = {},
      .integers = {{kSkippedTotal, optimizer.skipped_total().item<int64_t>()}, {kSkippedInRow, skipped_in_row(state)}},
      .config = context.config,
      .dataset = context.training_data,
      .history = io::history_at(context.history, state.step)};
  for (const auto& [name, is_so] :
       {std::pair{kEvaluationDue, context.evaluation_due}, std::pair{kSamplesDue, context.samples_due}}) {
    if (is_so) {
      checkpoint.integers[name] = 1;
    }
  }
  return checkpoint;
}

void restore(TrainState& state, RunContext& context, const io::Checkpoint& checkpoint) {
  context.evaluation_due = checkpoint.integers.contains(kEvaluationDue);
  context.samples_due = checkpoint.integers.contains(kSamplesDue);
  auto& optimizer = state.optimizer;
  auto& parameters = optimizer.parameters();
  parameters.assign(parameters.values(), checkpoint.weights);
  parameters.assign(optimizer.average(), checkpoint.average);
  parameters.assign(optimizer.first_moments(), checkpoint.first_moments);
  parameters.assign(optimizer.second_moments(), checkpoint.second_moments);
  optimizer.update_count().copy_(checkpoint.update_count);
  optimizer.skipped_total().fill_(checkpoint.integers.at(kSkippedTotal));
  optimizer.skipped_in_row().fill_(checkpoint.integers.at(kSkippedInRow));
  state.step = checkpoint.step;
}

}  // namespace veil::cli
