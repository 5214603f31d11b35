#include "cli/command/train/run_start.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/words.h"
#include "io/run/run_changes.h"
#include "io/run/run_log.h"
#include "veil/base/error.h"
#include "veil/io/model/model_file.h"
#include "veil/quality/quality.h"
#include "veil/train/optimizer.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNotLost =
    "; put its checkpoints back, or name another folder with --run, or remove this one to begin again";

// Without a checkpoint training begins at the first update: never over what others already made.
void require_nothing_lost(const io::RunLayout& layout, const std::optional<io::RunConfig>& earlier, int64_t logged) {
  const std::string run = layout.folder.string();
  const std::string none = concat("but there is no checkpoint in ", layout.checkpoints.filename().string(), "/");
  require(!fs::exists(layout.model) || io::load_model(layout.model).info.step == 0, run, ": holds a trained model, ",
          none, kNotLost);
  const int64_t every = earlier ? earlier->train.checkpoint_every : 0;
  require(every == 0 || logged < every, run, ": its log ends at step ", logged, ", ", none, kNotLost);
}

// The rate that the next update has, where its formula is another than that of the last one.
std::string note_on_rate(const io::RunConfig& before, const io::RunConfig& now, int64_t step) {
  const double was = learning_rate_at(before.optimizer, step, before.train.steps);
  const double is = learning_rate_at(now.optimizer, step, now.train.steps);
  return was == is ? "" : concat("the learning rate goes on at ", is, "; before the change it would have been ", was);
}

io::SettingChange data_change(const std::string& key, const std::string& before, const std::string& now,
                              const std::vector<std::string>& differences) {
  return {.key = key, .before = before, .after = before == now ? concat(now, "; ", joined(differences)) : now};
}

// A history of a file that has none: what else the file says.
io::TrainingHistory history_of(const io::Checkpoint& checkpoint) {
  if (!checkpoint.history.empty() || checkpoint.step == 0) {
    return checkpoint.history;
  }
  io::TrainingStretch stretch;
  stretch.last_step = checkpoint.step;
  stretch.seed = checkpoint.config.train.seed;
  stretch.data = checkpoint.dataset.fingerprint;
  return {stretch};
}

std::string fingerprint_scored(const io::Checkpoint& checkpoint) {
  return checkpoint.history.empty() ? "" : checkpoint.history.back().evaluation_data;
}

void require_fitting(const io::Checkpoint& checkpoint, const DatasetInfo& now) {
  const auto& then = checkpoint.dataset;
  require<DataError>(now.shape == then.shape && now.vocab_size == then.vocab_size &&
                         (!checkpoint.config.class_conditional || now.classes == then.classes),
                     now.name, ": has examples of ", now.shape.height, "x", now.shape.width, "x", now.shape.channels,
                     ", ", now.vocab_size, " values and ", now.classes,
                     " classes, but the network of this run is made for ", then.shape.height, "x", then.shape.width,
                     "x", then.shape.channels, ", ", then.vocab_size, " and ", then.classes);
}

}  // namespace

RunStart find_start(const io::RunFolder& folder, const io::RunConfig& config) {
  const auto& layout = folder.layout();
  const auto earlier = folder.config();
  RunStart start;
  start.newest = io::load_newest_checkpoint(layout.checkpoints);
  if (!start.newest) {
    const int64_t logged = io::last_step(layout.log);
    require_nothing_lost(layout, earlier, logged);
    if (earlier && logged > 0) {
      io::require_allowed(io::differences(*earlier, config), layout.folder.string());
      start.warnings.push_back(concat("the run ended after step ", logged,
                                      " and before its first checkpoint: it begins ", "again from the first step"));
    }
    return start;
  }
  start.warnings = start.newest->skipped;
  const auto& before = start.newest->checkpoint.config;
  start.changes = io::differences(before, config);
  io::require_allowed(start.changes, layout.folder.string());
  require(config.train.steps >= start.step(), layout.folder.string(), ": train.steps is ", config.train.steps,
          ", but the run has made ", start.step(), " updates already; want that many or more");
  start.notes.push_back(concat("going on from step ", start.step()));
  for (const auto& change : start.changes) {
    start.notes.push_back(concat("changed: ", io::describe(change)));
  }
  if (const auto note = note_on_rate(before, config, start.step()); !note.empty()) {
    start.notes.push_back(note);
  }
  return start;
}

void check_data(RunStart& start, const io::RunConfig& config, const DatasetInfo& training,
                const DatasetInfo& evaluation, bool allow) {
  if (!start.newest) {
    return;
  }
  const auto& checkpoint = start.newest->checkpoint;
  require_fitting(checkpoint, training);
  const bool is_same_split = checkpoint.config.data.evaluation_split == config.data.evaluation_split;
  const std::string scored = fingerprint_scored(checkpoint);
  const auto hold = [&](const char* what, const char* key, const DatasetInfo& now, const std::string& before,
                        const std::vector<std::string>& differences) {
    if (differences.empty()) {
      return;
    }
    const std::string text =
        concat(now.name, ", ", now.split, ": not the ", what, " data that this run had until step ", checkpoint.step,
               ": ", joined(differences, "; "));
    require<DataError>(allow, text, "; give it those, or go on all the same with --allow-changed-data");
    start.warnings.push_back(text);
    start.changes.push_back(data_change(key, before, now.fingerprint, differences));
  };
  hold("training", "data", training, checkpoint.dataset.fingerprint,
       io::data_differences(checkpoint.dataset, training));
  hold("evaluation", "evaluation data", evaluation, scored,
       is_same_split ? io::fingerprint_differences(scored, evaluation.fingerprint) : std::vector<std::string>());
}

void check_quality(const io::RunConfig& config, const Dataset& training, const Dataset& evaluation) {
  const int64_t images = std::min({config.sample.count, training.size(), evaluation.size()});
  require(config.train.quality_every == 0 || can_assess_quality(training.info(), images), "train.quality_every is ",
          config.train.quality_every,
          ", but samples are compared with real images only where these have 256 values, in grey or colour, and there "
          "are 16 or more of samples (sample.count), of training and of evaluation images; want 0");
}

std::vector<int64_t> logged_steps(const io::TrainingHistory& history, const io::RunConfig& config, int64_t step) {
  std::vector<int64_t> steps;
  auto then = config;
  for (auto stretch = history.rbegin(); stretch != history.rend(); ++stretch) {
    const int64_t every = then.train.log_every;
    const int64_t last = std::min(step, stretch == history.rbegin() ? step : stretch->last_step);
    if (then.train.steps >= stretch->first_step && then.train.steps <= last && then.train.steps % every != 0) {
      steps.push_back(then.train.steps);  // the end has a line whatever it is a multiple of
    }
    for (int64_t next = last - last % every; next >= stretch->first_step; next -= every) {
      steps.push_back(next);
    }
    for (const auto& change : stretch->changes) {
      if (change.key == "train.log_every" || change.key == "train.steps") {
        io::set(then, change.key, change.before);
      }
    }
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

io::TrainingHistory history_from(RunStart& start, io::TrainingStretch next) {
  io::TrainingHistory history = start.newest ? history_of(start.newest->checkpoint) : io::TrainingHistory();
  if (!history.empty()) {
    const auto& last = history.back();
    for (const auto& [was, is] :
         {std::tie(last.precision, next.precision), std::tie(last.device, next.device),
          std::tie(last.veil_version, next.veil_version), std::tie(last.libtorch_version, next.libtorch_version)}) {
      if (!was.empty() && was != is) {
        start.notes.push_back(concat("from here on ", is, ", before ", was));
      }
    }
  }
  next.changes = start.changes;
  io::go_on_with(history, std::move(next), start.step());
  return history;
}

}  // namespace veil::cli
