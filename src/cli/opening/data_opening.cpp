#include "cli/opening/data_opening.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <optional>
#include <utility>

#include "cli/terminal/messages.h"
#include "cli/terminal/progress.h"
#include "veil/base/error.h"
#include "veil/data/class_names.h"
#include "veil/io/dataset/open_dataset.h"

namespace veil::cli {
namespace {

constexpr std::chrono::seconds kPatience{2};

// "fashion-mnist-full" has the test images of "fashion-mnist", and more to train on.
bool are_the_same_images(const DatasetInfo& a, const DatasetInfo& b) {
  return a.name == b.name || (a.split == "test" && (a.name + "-full" == b.name || a.name == b.name + "-full"));
}

// Of data without a fingerprint nothing is known, not even of two such.
bool are_the_same_examples(const std::string& fingerprint, const std::string& other) {
  return !fingerprint.empty() && fingerprint == other;
}

}  // namespace

std::unique_ptr<Dataset> open_data(const io::DataOptions& options, const std::string& split, bool quiet,
                                   const StopSignal* signal, std::set<std::string>* told) {
  std::optional<ProgressReporter> progress;  // small sets are there before anyone wonders
  const auto begin = std::chrono::steady_clock::now();
  io::OpenObserver observer;
  observer.progress = [&](int64_t done, int64_t all) {
    if (signal != nullptr && signal->received() != 0) {
      throw Stopped();
    }
    if (!progress && std::chrono::steady_clock::now() - begin > kPatience) {
      progress.emplace(ProgressOptions{.label = "read", .unit = "images", .quiet = quiet});
    }
    if (progress) {
      progress->advance_of(done, all);
    }
  };
  observer.warning = [told](const std::string& text) {
    if (told == nullptr || told->insert(text).second) {
      warn(text);
    }
  };
  if (!quiet) {
    observer.note = observer.warning;
  }
  return io::open_dataset(options.source, split, options.prepare, observer);
}

std::unique_ptr<Dataset> in_classes_of(const ModelSpec& model, std::unique_ptr<Dataset> data, bool quiet) {
  if (model.network.classes == 0) {
    return data;
  }
  if (const auto assumed = assumed_classes(data->info(), model.data); !assumed.empty() && !quiet) {
    std::cerr << "veil: " << assumed << '\n';
  }
  return with_classes_of(std::move(data), model.data);
}

std::unique_ptr<Dataset> open_scored_data(const Arguments& arguments, io::DataOptions options, const ModelSpec& model) {
  options.source = arguments.text("data", options.source);
  const bool asks_for_split = std::any_of(arguments.settings.begin(), arguments.settings.end(),
                                          [](const auto& setting) { return setting.first == "data.evaluation_split"; });
  const bool is_open = arguments.has("data") && !asks_for_split;
  auto data = open_data(options, is_open ? "" : options.evaluation_split, arguments.quiet);
  return in_classes_of(model, std::move(data), arguments.quiet);
}

void warn_of_training_data(const DatasetInfo& scored, const DatasetInfo& trained) {
  if (are_the_same_examples(scored.fingerprint, trained.fingerprint)) {
    warn(concat("veil: warning: what is scored is what is trained on (", scored.name, ", ", scored.split,
                "): the figure says nothing of other data"));
  }
}

void warn_of_shared(const DatasetInfo& scored, int64_t size, int64_t in_training, const std::string& trained) {
  if (in_training > 0) {
    warn(concat("veil: warning: ", in_training, " of the ", size, " examples of ", scored.name, ", ", scored.split,
                in_training == 1 ? ", is" : ", are", " in ", trained,
                " too, pixel for pixel: figures on them are too good"));
  }
}

int64_t known_in_training(const io::ModelInfo& model, const DatasetInfo& scored) {
  const auto& evaluated = model.evaluation_fingerprint;
  return !evaluated.empty() && scored.fingerprint == evaluated ? model.evaluation_in_training : -1;
}

// A figure on other data than the model was made for is easily mistaken for one that can be compared.
void warn_of_other_data(const DatasetInfo& scored, const io::LoadedModel& model, const std::string& subject) {
  const auto& trained = model.spec.data;
  const auto& evaluated = model.info.evaluation_fingerprint;
  if (are_the_same_examples(scored.fingerprint, evaluated)) {
    return;
  }
  std::string text;
  if (!are_the_same_images(scored, trained)) {
    text = concat(subject, " was trained on ", trained.name, ", but ", scored.name,
                  " is scored: do not compare this figure with those on ", trained.name);
  } else if (scored.preparation != trained.preparation) {
    text = concat(subject, " was trained on ", trained.name, " with \"", trained.preparation,
                  "\", but what is scored has \"", scored.preparation, "\": do not compare the figures");
  } else if (are_the_same_examples(scored.fingerprint, trained.fingerprint)) {
    text = concat("these are the examples that ", subject, " was trained on (", trained.split,
                  "): the figure says nothing of others");
  } else if (scored.split == "all" && trained.split != "all") {
    text = concat("among these examples are those that ", subject, " was trained on (", trained.split, " of ",
                  trained.name, "): the figure is too good");
  } else if (scored.split == trained.split && !trained.fingerprint.empty()) {
    text = concat("this is another version of ", trained.name, ", split ", trained.split, ": trained on ",
                  trained.fingerprint, "; scored on ", scored.fingerprint);
  } else if (!evaluated.empty() && scored.split == model.config.data.evaluation_split) {
    text = concat("this is another ", scored.name, ", split ", scored.split,
                  ", than the run evaluated on; it may hold examples that ", subject, " was trained on: then ",
                  evaluated, "; now ", scored.fingerprint);
  }
  if (!text.empty()) {
    std::cerr << "veil: warning: " << text << '\n';
  }
}

}  // namespace veil::cli
