#include "cli/command/train/train_observers.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

#include "io/run/run_log.h"
#include "io/run/sample_files.h"
#include "veil/base/error.h"
#include "veil/evaluate/evaluator.h"
#include "veil/nn/token_powers.h"
#include "veil/sample/sampler.h"

namespace veil::cli {
namespace {

// Names of numbers in a checkpoint.
constexpr const char* kMeterSum = "meter_sum";
constexpr const char* kMeterCount = "meter_count";
constexpr const char* kSkippedTotal = "skipped_total";
constexpr const char* kSkippedInRow = "skipped_in_row";

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

}  // namespace

bool is_due(int64_t step, int64_t every) { return every > 0 && step % every == 0; }

bool StopObserver::on_step(TrainState& /*state*/, const StepReport& /*report*/) {
  context_.stopping = signal_.received() != 0;
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
    const auto in_row =
        state.optimizer.skipped_in_row().item<float>();  // sync: once per log interval, or free on a CPU
    if (in_row >= static_cast<float>(context_.config.train.max_skipped)) {
      throw NumericalError(concat("step ", state.step, ": the last ", in_row,
                                  " updates had non-finite gradients and were skipped, want fewer than ",
                                  context_.config.train.max_skipped,
                                  " in a row (train.max_skipped); the last "
                                  "checkpoint is unharmed: lower optimizer.learning_rate or set optimizer.clip_norm"),
                           state.step);
    }
  }
  return true;
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
                  io::to_json_line(io::TimingLine{
                      .step = state.step, .seconds = seconds, .examples_per_second = examples / seconds}));
  progress_.advance(state.step, bits);
  sum_.zero_();
  count_.zero_();
  line_start_ = now;
  line_start_step_ = state.step;
}

bool EvaluateObserver::on_step(TrainState& state, const StepReport& /*report*/) {
  const auto& train = context_.config.train;
  if (!is_due(state.step, train.evaluate_every) || state.step == train.steps) {
    return true;  // the end has its own, whole evaluation
  }
  auto options = context_.run.evaluation;
  options.limit = train.evaluate_examples;
  const auto report = evaluate(*state.average, context_.evaluation_data, options, context_.compute);
  io::append_line(context_.layout.log, io::to_json_line(io::EvaluationLine{.step = state.step,
                                                                           .bits_per_dim = report.bits_per_dim,
                                                                           .standard_error = report.standard_error,
                                                                           .examples = report.examples,
                                                                           .dataset_size = report.dataset_size}));
  return true;
}

bool SampleObserver::on_step(TrainState& state, const StepReport& /*report*/) {
  const auto& train = context_.config.train;
  if (!is_due(state.step, train.sample_every) || state.step == train.steps) {
    return true;
  }
  const auto tokens = veil::sample(*state.average, context_.run.sample, context_.compute);
  (void)io::write_step_samples(context_.layout, state.step, tokens, context_.training_data);
  return true;
}

bool CheckpointObserver::on_step(TrainState& state, const StepReport& /*report*/) {
  const auto& train = context_.config.train;
  if (context_.stopping || state.step == train.steps || is_due(state.step, train.checkpoint_every)) {
    auto checkpoint = to_checkpoint(state, context_);
    log_.save(checkpoint);
    (void)io::save_checkpoint(context_.layout.checkpoints, checkpoint, train.keep_checkpoints);
  }
  return true;
}

io::Checkpoint to_checkpoint(TrainState& state, const RunContext& context) {
  auto& optimizer = state.optimizer;
  auto& parameters = optimizer.parameters();
  return {.step = state.step,
          .weights = parameters.named(parameters.values()),
          .average = parameters.named(optimizer.average()),
          .first_moments = parameters.named(optimizer.first_moments()),
          .second_moments = parameters.named(optimizer.second_moments()),
          .update_count = optimizer.update_count(),
          .numbers = {},
          .integers = {{kSkippedTotal, optimizer.skipped_total().item<int64_t>()},
                       {kSkippedInRow, optimizer.skipped_in_row().item<int64_t>()}},
          .config = context.config,
          .dataset = context.training_data};
}

void restore(TrainState& state, const io::Checkpoint& checkpoint) {
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
