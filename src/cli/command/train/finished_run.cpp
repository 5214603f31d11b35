#include "cli/command/train/finished_run.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/words.h"
#include "cli/command/train/run_results.h"
#include "cli/command/train/training_run.h"
#include "cli/opening/data_opening.h"
#include "cli/opening/memory_check.h"
#include "cli/terminal/messages.h"
#include "io/report/report.h"
#include "io/run/event_file.h"
#include "io/run/run_changes.h"
#include "io/run/sample_files.h"
#include "veil/base/error.h"
#include "veil/io/config/resolve.h"
#include "veil/io/model/model_file.h"
#include "veil/nn/placement.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

bool is_of_evaluation(const std::string& key) { return key.starts_with("evaluate.") || key == "data.evaluation_split"; }

bool is_of_events(const std::string& key) { return key == "train.tensorboard"; }

bool is_of_samples(const std::string& key) { return key.starts_with("sample."); }

// A model that cannot be read is made again from the checkpoints.
std::optional<io::LoadedModel> finished_model(const io::RunFolder& folder, const io::RunConfig& config) {
  const auto earlier = folder.config();
  const auto& path = folder.layout().model;
  if (!earlier || !fs::exists(path) || earlier->train.steps != config.train.steps) {
    return std::nullopt;
  }
  try {
    auto model = io::load_model(path);
    const bool is_whole = model.info.step == config.train.steps && model.config.train.steps == config.train.steps;
    return is_whole ? std::optional(std::move(model)) : std::nullopt;
  } catch (const DataError&) {
    return std::nullopt;
  }
}

// What is missing, or is to be made with other settings.
Unmade unmade_of(const io::RunLayout& layout, const io::LoadedModel& model,
                 const std::vector<io::SettingChange>& changes) {
  if (model.info.step == 0) {
    return {.evaluation = false, .samples = false};
  }
  const auto any = [&](const auto& is_of) {
    return std::any_of(changes.begin(), changes.end(), [&](const auto& change) { return is_of(change.key); });
  };
  return {.evaluation = !fs::exists(layout.evaluation) || any(is_of_evaluation),
          .samples = !fs::exists(io::samples_file(layout, model.spec.data.kind)) || any(is_of_samples)};
}

std::string keys_text(const std::vector<io::SettingChange>& changes) {
  std::vector<std::string> names;
  for (const auto& change : changes) {
    names.push_back(change.key);
  }
  return joined(names);
}

// The evaluation data at hand, held to those that the run scored before.
std::unique_ptr<Dataset> open_evaluation_data(const io::RunConfig& config, const io::LoadedModel& model,
                                              const TrainingRunOptions& options) {
  auto data =
      in_classes_of(model.spec, open_data(config.data, config.data.evaluation_split, options.quiet), options.quiet);
  if (config.data.evaluation_split == model.config.data.evaluation_split && !options.allow_changed_data) {
    const auto others = io::fingerprint_differences(model.info.evaluation_fingerprint, data->info().fingerprint);
    require<DataError>(others.empty(), data->info().name, ", ", data->info().split,
                       ": not the evaluation data that this run was made with: ", joined(others, "; "),
                       "; give it those, or go on all the same with --allow-changed-data");
  }
  return data;
}

class FinishedRun {
 public:
  FinishedRun(io::RunFolder& folder, io::LoadedModel& model, const io::RunConfig& config,
              const TrainingRunOptions& options)
      : folder_(folder), model_(model), config_(config), options_(options), kept_(model.config) {}

  void run(const StopSignal& signal) {
    const auto changes = io::differences(model_.config, config_);
    io::require_allowed(changes, folder_.layout().folder.string());
    const Unmade unmade = unmade_of(folder_.layout(), model_, changes);
    sort(changes);
    const std::string done = concat(folder_.layout().folder.string(), ": all ", model_.info.step, " updates are made");
    const std::string unused = unused_.empty() ? "" : concat("; not looked at: ", keys_text(unused_));
    const auto made = made_now(unmade);
    if (made.empty()) {
      note(concat(done, ", nothing is trained and nothing is changed", unused, "; --extend N trains on"));
    } else {
      note(concat(done, "; made now: ", joined(made, " and "), unused));
      make(unmade, signal);
      (void)io::write_report(folder_.layout().folder);
    }
    write_events();
    print_results(folder_.layout(), model_.spec.data.kind, model_.info.step);
  }

 private:
  void note(const std::string& text) const { cli::note(text, options_.quiet); }

  [[nodiscard]] std::vector<std::string> made_now(const Unmade& unmade) const {
    const bool has_events = fs::exists(folder_.layout().events);
    std::vector<std::string> made;
    for (const auto& [is_made, name] :
         {std::pair{unmade.evaluation, "evaluation"}, std::pair{unmade.samples, "samples"},
          std::pair{kept_.tensorboard && !has_events, "event file"},
          std::pair{!kept_.tensorboard && has_events, "no event file any more"}}) {
      if (is_made) {
        made.emplace_back(name);
      }
    }
    return made;
  }

  // Anew each time, for it costs nothing: a kill may have come before the last of it.
  void write_events() const {
    if (!kept_.tensorboard) {
      io::remove_event_file(folder_.layout());
      return;
    }
    io::EventFile events(folder_.layout(), model_.info.step);
    if (model_.info.step > 0) {
      events.add_results();
    }
  }

  // What evaluation and samples follow from is kept with them; the rest was not used, so it is not written down.
  void sort(const std::vector<io::SettingChange>& changes) {
    for (const auto& change : changes) {
      if (is_of_evaluation(change.key) || is_of_samples(change.key) || is_of_events(change.key)) {
        io::set(kept_, change.key, change.after);
        is_changed_ = true;
      } else if (!change.key.starts_with("device.") && !change.key.starts_with("data.")) {
        unused_.push_back(change);
      }
    }
  }

  void make(const Unmade& unmade, const StopSignal& signal) {
    const auto run = io::resolve(kept_, model_.spec.data);
    const Compute compute = resolve_compute(config_.device);
    std::unique_ptr<Dataset> data;
    std::string fingerprint = model_.info.evaluation_fingerprint;
    int64_t in_training = model_.info.evaluation_in_training;
    if (unmade.evaluation) {
      data = open_evaluation_data(config_, model_, options_);
      fingerprint = data->info().fingerprint;
      in_training = fingerprint == model_.info.evaluation_fingerprint ? in_training : -1;
    }
    auto weights = io::named_weights(*model_.denoiser);
    for (auto& [name, tensor] : weights) {
      tensor = tensor.clone();  // as the file has them, wherever the network is placed
    }
    apply_process_options(config_.device);
    place(*model_.denoiser, compute, /*training=*/false);
    if (unmade.evaluation) {
      require_memory_to_evaluate(*model_.denoiser, run.evaluation, data->size(), compute);
    }
    if (unmade.samples) {
      require_memory_to_sample(*model_.denoiser, run.sample, compute);
    }
    io::RunConfig scored = kept_;
    scored.data = config_.data;
    make_results(folder_.layout(),
                 {.average = *model_.denoiser,
                  .run = run,
                  .compute = compute,
                  .step = model_.info.step,
                  .config = scored,
                  .in_training = in_training,
                  .evaluation_data = data.get()},
                 unmade, signal, options_.quiet);
    if (is_changed_ || fingerprint != model_.info.evaluation_fingerprint) {
      model_.info.evaluation_fingerprint = fingerprint;
      model_.info.evaluation_in_training = in_training;
      io::save_model(folder_.layout().model, weights, model_.spec, kept_, model_.info);
      folder_.write_config(kept_);
    }
  }

  io::RunFolder& folder_;
  io::LoadedModel& model_;
  const io::RunConfig& config_;
  const TrainingRunOptions& options_;
  io::RunConfig kept_;
  bool is_changed_ = false;
  std::vector<io::SettingChange> unused_;
};

}  // namespace

bool finish_again(io::RunFolder& folder, const io::RunConfig& config, const TrainingRunOptions& options,
                  const StopSignal& signal) {
  auto model = finished_model(folder, config);
  if (!model) {
    return false;
  }
  for (const auto& damage : folder.rewind_logs(model->info.step)) {
    warn(damage);
  }
  FinishedRun(folder, *model, config, options).run(signal);
  return true;
}

}  // namespace veil::cli
