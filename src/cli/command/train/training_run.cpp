#include "cli/command/train/training_run.h"

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "cli/command/train/run_folder.h"
#include "cli/command/train/train_observers.h"
#include "cli/opening/data_opening.h"
#include "cli/terminal/evaluation_output.h"
#include "cli/terminal/progress.h"
#include "cli/terminal/stop_signal.h"
#include "io/file/files.h"
#include "veil/base/error.h"
#include "veil/io/image/image_grid.h"
#include "veil/io/image/png_file.h"
#include "veil/io/model/checkpoint.h"
#include "veil/io/model/model_file.h"
#include "veil/io/report/report.h"
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
    for (const auto& change : folder_.settle_config(config_)) {
      note("changed since this run began: " + change);
    }
    apply_process_options(config_.device);
    auto state = new_state(config_, run_.spec, compute_);
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
  void note(const std::string& text) const {
    if (!options_.quiet) {
      std::cerr << text << '\n';
    }
  }

  void announce(TrainState& state) const {
    if (data_->info().fingerprint == evaluation_data_->info().fingerprint) {
      std::cerr << "veil: warning: what is scored is what is trained on (" << evaluation_data_->info().name << ", "
                << evaluation_data_->info().split << "): the figure says nothing of other data\n";
    }
    note(concat(data_->info().name, " (", data_->size(), " examples), ", count_parameters(*state.denoiser),
                " parameters, ", compute_.device.str(), ", ", precision_name(compute_.precision), ", in ",
                folder_.path().string()));
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
                       .folder = folder_,
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
    BatchStream stream(*data_, {.batch_size = config_.train.batch_size,
                                .seed = config_.train.seed,
                                .horizontal_flips = config_.train.horizontal_flips,
                                .prefetch = config_.train.prefetch});
    const StepSettings settings{.objective = run_.objective,
                                .micro_batch_size = config_.train.micro_batch_size,
                                .seed = config_.train.seed,
                                .label_dropout = config_.label_dropout,
                                .compute = compute_};
    return train(state, stream, config_.train.steps, settings, {&stop, &log, &evaluation, &samples, &checkpoint});
  }

  void go_on_from_checkpoint(TrainState& state, LogObserver& log) {
    const auto newest = io::load_newest_checkpoint(folder_.file("checkpoints"));
    if (newest) {
      for (const auto& damage : newest->skipped) {
        note(damage);
      }
      restore(state, newest->checkpoint);
      log.restore(newest->checkpoint);
      note(concat("going on from step ", state.step));
    }
    const int64_t step = state.step;
    folder_.rewind("log.jsonl", step);
    folder_.rewind("timing.jsonl", step);
  }

  void finish(TrainState& state) {
    auto& parameters = state.optimizer.parameters();
    io::ModelInfo info;
    info.evaluation_fingerprint = evaluation_data_->info().fingerprint;
    info.step = state.step;
    io::save_model(folder_.file("model.safetensors"), parameters.named(state.optimizer.average()), run_.spec, config_,
                   info);
    write_powers(state);
    if (config_.train.steps > 0) {
      write_evaluation(state);
      write_samples(state);
      (void)io::write_report(folder_.path());
      std::cout << "report " << folder_.file("report.html").string() << '\n';
    }
    std::cout << "model " << folder_.file("model.safetensors").string() << '\n';
  }

  // What GenMD4 learned, for plots and people; the model holds it too.
  void write_powers(const TrainState& state) const {
    if (const auto schedule = power_schedule(*state.average)) {
      const nlohmann::ordered_json powers{{"powers", schedule->powers()}};
      io::write_file(folder_.file("powers.json"), powers.dump() + '\n');
    }
  }

  void write_evaluation(TrainState& state) {
    ProgressReporter progress({.label = "evaluate", .quiet = options_.quiet});
    auto report = evaluate(*state.average, *evaluation_data_, run_.evaluation, compute_,
                           [&](int64_t done, int64_t all) { progress.advance_of(done, all); });
    report.weights = "ema";
    io::write_file(folder_.file("evaluation.json"), evaluation_json(report) + '\n');
    std::cout << evaluation_text(report);
  }

  void write_samples(TrainState& state) {
    ProgressReporter progress({.label = "sample", .quiet = options_.quiet});
    const auto tokens = sample(*state.average, run_.sample, compute_,
                               [&](int64_t done, int64_t all) { progress.advance_of(done, all); });
    const auto path = write_sample_file(folder_.file("samples"), tokens, data_->info());
    std::cout << "samples " << path.string() << '\n';
  }

  const io::RunConfig& config_;
  const TrainingRunOptions& options_;
  RunFolder folder_;
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
