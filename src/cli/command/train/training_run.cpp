#include "cli/command/train/training_run.h"

#include <iostream>
#include <memory>
#include <optional>

#include "base/words.h"
#include "cli/command/train/train_observers.h"
#include "cli/opening/data_opening.h"
#include "cli/terminal/evaluation_output.h"
#include "cli/terminal/output.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/stop_signal.h"
#include "io/model/initial_weights.h"
#include "io/report/report.h"
#include "io/run/evaluation_file.h"
#include "io/run/powers_file.h"
#include "io/run/run_folder.h"
#include "io/run/sample_files.h"
#include "veil/base/error.h"
#include "veil/io/model/checkpoint.h"
#include "veil/io/model/model_file.h"
#include "veil/nn/layers/initialization.h"
#include "veil/nn/make_denoiser.h"
#include "veil/nn/placement.h"
#include "veil/nn/token_powers.h"

namespace veil::cli {
namespace {

TrainState new_state(const io::RunConfig& config, const ModelSpec& spec, const Compute& compute) {
  auto denoiser = make_denoiser(spec.network);
  initialize(*denoiser, config.train.seed);
  place(*denoiser, compute, /*training=*/true);
  auto state = make_train_state(denoiser, config.optimizer, config.train.steps);
  place(*state.average, compute, /*training=*/false);
  return state;
}

class TrainingRun {
 public:
  TrainingRun(const io::RunConfig& config, const TrainingRunOptions& options)
      : config_(config),
        options_(options),
        folder_(options.folder, options.fresh),
        compute_(resolve_compute(config.device)),
        data_(open_data(config.data, config.data.split, options.quiet)),
        evaluation_data_(open_data(config.data, config.data.evaluation_split, options.quiet)),
        run_(io::resolve(config, data_->info())) {}

  int run() {
    for (const auto& change : folder_.update_config(config_)) {
      note("changed since this run began: " + change);
    }
    apply_process_options(config_.device);
    auto state = new_state(config_, run_.spec, compute_);
    begin_with_model(state);
    announce(state);
    if (!train_to_the_end(state)) {
      note(
          concat("stopped at step ", state.step, " of ", config_.train.steps, "; the same command goes on from there"));
      return kStoppedBySignal;
    }
    finish(state);
    return 0;
  }

 private:
  // What somebody should know who asked for no progress.
  static void warn(const std::string& text) { std::cerr << printable(text) << '\n'; }

  void note(const std::string& text) const {
    if (!options_.quiet) {
      std::cerr << text << '\n';
    }
  }

  // The weights of a model in place of new ones, where the run begins.
  void begin_with_model(TrainState& state) const {
    if (config_.init_from == "none" || io::load_newest_checkpoint(folder_.layout().checkpoints)) {
      return;
    }
    const auto initial = io::take_initial_weights(*state.denoiser, run_.spec, config_, config_.init_from);
    state.optimizer.average().copy_(state.optimizer.parameters().values());
    note(concat("begins with ", initial.source, ": ", initial.counts()));
    for (const auto& setting : initial.differing) {
      note(concat("that model has another setting: ", setting));
    }
  }

  void announce(TrainState& state) const {
    warn_of_training_data(evaluation_data_->info(), data_->info());
    note(concat(data_->info().name, " (", data_->size(), " examples), ", count_parameters(*state.denoiser),
                " parameters, ", compute_.device.str(), ", ", precision_name(compute_.precision), ", in ",
                folder_.layout().folder.string()));
    note_part("evaluated during training", config_.train.evaluate_every > 0 ? config_.train.evaluate_examples : 0);
    note_part("evaluated at the end", run_.evaluation.limit);
  }

  // A figure of a part is not mistaken for one of the whole.
  void note_part(const char* what, int64_t limit) const {
    if (limit > 0 && limit < evaluation_data_->size()) {
      note(concat(what, ": ", limit, " of ", evaluation_data_->size(), " examples of ", evaluation_data_->info().split,
                  ", a sample"));
    }
  }

  // Returns false if a signal stopped it.
  bool train_to_the_end(TrainState& state) {
    const StopSignal signal;
    ProgressReporter progress({.label = "train",
                               .total = config_.train.steps,
                               .examples_per_step = config_.train.batch_size,
                               .quiet = options_.quiet});
    RunContext context{.config = config_,
                       .run = run_,
                       .layout = folder_.layout(),
                       .training_data = data_->info(),
                       .evaluation_data = *evaluation_data_,
                       .compute = compute_};
    StopObserver stop(context, signal);
    LogObserver log(context, progress);
    EvaluateObserver evaluation(context);
    SampleObserver samples(context);
    CheckpointObserver checkpoint(context, log);
    go_on_from_checkpoint(state, log);
    progress.start(state.step);
    BatchStream stream(*data_, run_.stream);
    StepSettings settings = run_.step;
    settings.compute = compute_;
    return train(state, stream, config_.train.steps, settings, {&stop, &log, &evaluation, &samples, &checkpoint});
  }

  void go_on_from_checkpoint(TrainState& state, LogObserver& log) {
    const auto newest = io::load_newest_checkpoint(folder_.layout().checkpoints);
    if (newest) {
      for (const auto& damage : newest->skipped) {
        warn(damage);
      }
      restore(state, newest->checkpoint);
      log.restore(newest->checkpoint);
      note(concat("going on from step ", state.step));
    }
    for (const auto& damage : folder_.rewind_logs(state.step)) {
      warn(damage);
    }
  }

  // Results are printed after all files are written: standard output may be full, or a pipe that nobody reads.
  void finish(TrainState& state) {
    const auto& layout = folder_.layout();
    auto& parameters = state.optimizer.parameters();
    io::ModelInfo info;
    info.evaluation_fingerprint = evaluation_data_->info().fingerprint;
    info.step = state.step;
    io::save_model(layout.model, parameters.named(state.optimizer.average()), run_.spec, config_, info);
    if (const auto schedule = power_schedule(*state.average)) {
      io::write_powers(layout.powers, schedule->powers());
    }
    std::string results;
    if (config_.train.steps > 0) {
      results += write_evaluation(state);
      results += write_samples(state);
      results += concat("report ", io::write_report(layout.folder).string(), "\n");
    }
    print(concat(results, "model ", layout.model.string(), "\n"));
  }

  std::string write_evaluation(TrainState& state) {
    ProgressReporter progress({.label = "evaluate", .quiet = options_.quiet});
    auto report = evaluate(*state.average, *evaluation_data_, run_.evaluation, compute_,
                           [&](int64_t done, int64_t all) { progress.advance_of(done, all); });
    report.weights = "ema";
    io::write_evaluation(folder_.layout().evaluation, report);
    return evaluation_text(report);
  }

  std::string write_samples(TrainState& state) {
    ProgressReporter progress({.label = "sample", .examples = run_.sample.count, .quiet = options_.quiet});
    const auto tokens = sample(*state.average, run_.sample, compute_,
                               [&](int64_t done, int64_t all) { progress.advance_of(done, all); });
    return concat("samples ", io::write_samples(folder_.layout(), tokens, data_->info()).string(), "\n");
  }

  const io::RunConfig& config_;
  const TrainingRunOptions& options_;
  io::RunFolder folder_;
  Compute compute_;
  std::unique_ptr<Dataset> data_;
  std::unique_ptr<Dataset> evaluation_data_;
  io::ResolvedRun run_;
};

}  // namespace

int run_training(const io::RunConfig& config, const TrainingRunOptions& options) {
  return TrainingRun(config, options).run();
}

}  // namespace veil::cli
