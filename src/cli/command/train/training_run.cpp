#include "cli/command/train/training_run.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/words.h"
#include "cli/command/train/finished_run.h"
#include "cli/command/train/run_results.h"
#include "cli/command/train/run_start.h"
#include "cli/command/train/train_observers.h"
#include "cli/opening/data_opening.h"
#include "cli/opening/memory_check.h"
#include "cli/opening/provenance.h"
#include "cli/terminal/messages.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/stop_signal.h"
#include "cli/terminal/watch.h"
#include "io/dataset/shared_examples.h"
#include "io/model/initial_weights.h"
#include "io/report/report.h"
#include "io/run/event_file.h"
#include "io/run/powers_file.h"
#include "io/run/run_folder.h"
#include "io/run/run_log.h"
#include "io/run/sample_files.h"
#include "veil/base/error.h"
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

// What to type after a stop.
std::string same_command(const TrainingRunOptions& options) {
  return options.is_extended ? concat("veil train --run ", in_shell_quotes(options.folder.string()))
                             : std::string("the same command");
}

class TrainingRun {
 public:
  TrainingRun(io::RunFolder& folder, const io::RunConfig& config, const TrainingRunOptions& options,
              const StopSignal& signal)
      : folder_(folder),
        config_(config),
        options_(options),
        signal_(signal),
        start_(find_start(folder, config)),
        compute_(resolve_compute(config.device)),
        data_(open_data(config.data, config.data.split, options.quiet, &signal, &told_)),
        evaluation_data_(open_data(config.data, config.data.evaluation_split, options.quiet, &signal, &told_)),
        run_(io::resolve(config, data_->info())),
        in_training_(io::count_shared(*evaluation_data_, *data_, stoppable(signal)).value_or(-1)) {}

  int run() {
    check_data(start_, config_, data_->info(), evaluation_data_->info(), options_.allow_changed_data);
    check_quality(config_, *data_, *evaluation_data_);
    apply_process_options(config_.device);
    auto state = new_state(config_, run_.spec, compute_);
    RunContext context{
        .config = config_,
        .run = run_,
        .layout = folder_.layout(),
        .training_data = data_->info(),
        .training_set = *data_,
        .evaluation_data = *evaluation_data_,
        .signal = signal_,
        .history = history_from(start_, conditions(config_, data_->info(), evaluation_data_->info(), compute_)),
        .compute = compute_};
    begin_with_model(state, context.history);
    announce(state);
    if (!train_to_the_end(state, context)) {
      note(concat("stopped at step ", state.step, " of ", config_.train.steps, "; ", same_command(options_),
                  " goes on from there"));
      return kStoppedBySignal;
    }
    finish(state, context.history);
    return 0;
  }

 private:
  void note(const std::string& text) const { cli::note(text, options_.quiet); }

  // The weights of a model in place of new ones, where the run begins.
  void begin_with_model(TrainState& state, io::TrainingHistory& history) const {
    if (config_.init_from == "none" || start_.newest) {
      return;
    }
    const auto initial = io::take_initial_weights(*state.denoiser, run_.spec, config_, config_.init_from);
    state.optimizer.average().copy_(state.optimizer.parameters().values());
    history.back().changes.push_back({.key = "first weights", .before = "new", .after = initial.source});
    note(concat("begins with ", initial.source, ": ", initial.counts()));
    for (const auto& setting : initial.differing) {
      note(concat("that model has another setting: ", setting));
    }
  }

  void announce(TrainState& state) const {
    warn_of_training_data(evaluation_data_->info(), data_->info());
    warn_of_shared(evaluation_data_->info(), evaluation_data_->size(), in_training_);
    note(concat(data_->info().name, " (", data_->size(), " examples), ", count_parameters(*state.denoiser),
                " parameters, ", compute_.device.str(), ", ", precision_name(compute_.precision), ", in ",
                folder_.layout().folder.string()));
    note_part("evaluated during training", config_.train.evaluate_every > 0 ? config_.train.evaluate_examples : 0);
    note_part("evaluated at the end", run_.evaluation.limit);
    for (const auto& text : start_.warnings) {
      warn(text);
    }
    for (const auto& text : start_.notes) {
      note(text);
    }
  }

  // A figure of a part is not mistaken for one of the whole.
  void note_part(const char* what, int64_t limit) const {
    if (limit > 0 && limit < evaluation_data_->size()) {
      note(concat(what, ": ", limit, " of ", evaluation_data_->size(), " examples of ", evaluation_data_->info().split,
                  ", a sample"));
    }
  }

  // Returns false if a signal stopped it.
  bool train_to_the_end(TrainState& state, RunContext& context) {
    ProgressReporter progress({.label = "train",
                               .total = config_.train.steps,
                               .examples_per_step = config_.train.batch_size,
                               .quiet = options_.quiet});
    StopObserver stop(context);
    LogObserver log(context, progress);
    EvaluateObserver evaluation(context);
    SampleObserver samples(context);
    EventObserver events(context, events_);
    CheckpointObserver checkpoint(context, log);
    if (start_.newest) {
      restore(state, context, start_.newest->checkpoint);
      log.restore(start_.newest->checkpoint);
      start_.newest.reset();  // its tensors
    }
    check_memory(state);
    begin_files(state.step, logged_steps(context.history, config_, state.step));
    const int64_t sampled = context.samples_due ? state.step - 1 : state.step;
    io::begin_event_file(events_, folder_.layout(), sampled, config_.tensorboard);
    if (context.evaluation_due || context.samples_due) {
      const bool is_made =
          (!context.evaluation_due || evaluation.catch_up(state)) && (!context.samples_due || samples.catch_up(state));
      events.follow(state);
      checkpoint.save(state);
      if (!is_made) {
        return false;
      }
    }
    progress.start(state.step);
    BatchStream stream(*data_, run_.stream);
    StepSettings settings = run_.step;
    settings.compute = compute_;
    return with_batch_advice(batch_setting(config_.train), [&] {
      return train(state, stream, config_.train.steps, settings,
                   {&stop, &log, &evaluation, &samples, &events, &checkpoint});
    });
  }

  // Of all that the run will do, its last evaluation too.
  void check_memory(TrainState& state) const {
    if (state.step < config_.train.steps) {
      require_memory_to_train(state, run_, compute_);
    }
    if (config_.train.steps > 0) {
      require_memory_to_evaluate(*state.average, run_.evaluation, evaluation_data_->size(), compute_);
      require_memory_to_sample(*state.average, run_.sample, compute_);
    }
  }

  // The start has succeeded: from here on this is the folder of this run.
  void begin_files(int64_t step, const std::vector<int64_t>& logged) {
    const auto& layout = folder_.layout();
    folder_.write_config(config_);
    for (const auto& damage : folder_.rewind_logs(step, logged)) {
      warn(damage);
    }
    io::append_line(layout.timing, io::to_json_line(io::start_line_now(step, options_.command)));
    for (const auto& text : warnings_so_far()) {
      io::append_line(layout.timing, io::to_json_line(io::WarningLine{.step = step, .text = text}));
    }
    for (const auto& change : start_.changes) {
      io::append_line(layout.log, io::to_json_line(io::ChangeLine{.step = step + 1, .change = change}));
    }
  }

  // What belongs to a model that the run had before it was extended goes with it.
  void remove_results() {
    const auto& layout = folder_.layout();
    for (const auto& path : {layout.evaluation, layout.details, layout.powers, layout.unmasking, layout.film,
                             io::samples_file(layout, data_->info().kind)}) {
      std::filesystem::remove(path);
    }
  }

  void finish(TrainState& state, const io::TrainingHistory& history) {
    const auto& layout = folder_.layout();
    auto& parameters = state.optimizer.parameters();
    io::ModelInfo info;
    info.evaluation_fingerprint = evaluation_data_->info().fingerprint;
    info.evaluation_in_training = in_training_;
    info.step = state.step;
    info.history = io::history_at(history, state.step);
    remove_results();
    io::save_model(layout.model, parameters.named(state.optimizer.average()), run_.spec, config_, info);
    if (const auto schedule = power_schedule(*state.average)) {
      io::write_powers(layout.powers, schedule->powers());
    }
    if (state.step > 0) {
      make_results(layout,
                   {.average = *state.average,
                    .run = run_,
                    .compute = compute_,
                    .step = state.step,
                    .config = config_,
                    .in_training = in_training_,
                    .evaluation_data = evaluation_data_.get()},
                   {}, signal_, options_.quiet);
      if (events_) {
        events_->add_results();
      }
      (void)io::write_report(layout.folder);
    }
    print_results(layout, data_->info().kind, state.step);
  }

  io::RunFolder& folder_;
  const io::RunConfig& config_;
  const TrainingRunOptions& options_;
  const StopSignal& signal_;
  RunStart start_;
  Compute compute_;
  std::set<std::string> told_;  // of the data
  std::unique_ptr<Dataset> data_;
  std::unique_ptr<Dataset> evaluation_data_;
  io::ResolvedRun run_;
  int64_t in_training_;                  // as EvaluationReport::examples_in_training
  std::optional<io::EventFile> events_;  // where the run has one
};

}  // namespace

int run_training(const io::RunConfig& config, const TrainingRunOptions& options) {
  const StopSignal signal;
  io::RunFolder folder(options.folder, options.fresh);
  const auto stopped = [&](const std::string& what) {
    note(concat(what, "; ", same_command(options), " goes on from there"), options.quiet);
    return kStoppedBySignal;
  };
  const std::string measured = concat("stopped while the finished model was measured: ", folder.layout().model.string(),
                                      " is whole, a result that was not yet whole is not kept");
  try {
    if (finish_again(folder, config, options, signal)) {
      return 0;
    }
  } catch (const Stopped&) {
    return stopped(measured);
  }
  std::optional<TrainingRun> run;
  try {
    run.emplace(folder, config, options, signal);
  } catch (const Stopped&) {
    return stopped("stopped while the data were read; nothing was changed");
  }
  try {
    return run->run();
  } catch (const Stopped&) {
    return stopped(measured);
  }
}

}  // namespace veil::cli
