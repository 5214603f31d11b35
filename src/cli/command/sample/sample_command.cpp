#include "cli/command/sample/sample_command.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/words.h"
#include "cli/arguments/usage_error.h"
#include "cli/command/sample/sample_outputs.h"
#include "cli/opening/memory_check.h"
#include "cli/opening/model_choice.h"
#include "cli/terminal/output.h"
#include "cli/terminal/watch.h"
#include "io/config/count_grid_file.h"
#include "io/file/files.h"
#include "io/run/sample_files.h"
#include "veil/sample/sampler.h"
#include "veil/sample/unmasking.h"

namespace veil::cli {
namespace {

// The number of the class that the flag --class names or numbers.
int64_t label_of(const std::string& text, const DenoiserOptions& network, const DatasetInfo& data) {
  require<UsageError>(network.classes > 0, "--class is ", text, ", but the model was trained without classes");
  const auto named = std::find(data.class_names.begin(), data.class_names.end(), text);
  if (named != data.class_names.end()) {
    return named - data.class_names.begin();
  }
  if (text == "none") {
    require<UsageError>(network.null_class,
                        "--class is none, but the model was always told a class: only training with "
                        "model.label_dropout above 0 teaches it to do without");
    return network.classes;
  }
  int64_t label = -1;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), label);
  require<UsageError>(
      error == std::errc() && stop == text.data() + text.size() && label >= 0 && label < network.classes, "--class is ",
      shortened(text), ", want the name of a class", network.null_class ? ", none" : "", " or a number in [0, ",
      network.classes - 1, "]");
  return label;
}

// --sampling-grid: the times of the steps, or a file of count grids.
void choose_grid(const Arguments& arguments, int64_t length, SampleOptions& options) {
  const std::string grid = arguments.text("sampling-grid");
  if (grid.empty() || grid == "uniform" || grid == "cosine") {
    if (!grid.empty()) {
      options.grid = grid == "uniform" ? TimeGridKind::kUniform : TimeGridKind::kCosine;
    }
    return;
  }
  std::error_code ignored;
  require<UsageError>(std::filesystem::exists(grid, ignored), "--sampling-grid is ", in_quotes(grid),
                      ", want uniform, cosine or a file of count grids; there is no such file");
  const auto file = io::read_count_grids(grid);
  require<DataError>(file.length == length, grid, ": grids for examples of ", file.length, " tokens, the model's have ",
                     length);
  const auto found = file.grids.find(options.steps);
  require<UsageError>(found != file.grids.end(), grid, " has no grid of ", options.steps, " steps, but ",
                      file.grids.size(), " from ", file.grids.begin()->first, " to ", file.grids.rbegin()->first,
                      "; --steps chooses one");
  options.counts = found->second;
}

// The classes of the grid's rows from the top, if each row has one. The first row has the class of the first sample.
std::vector<std::string> row_classes(const DenoiserOptions& network, const DatasetInfo& data,
                                     const SampleOptions& options) {
  std::vector<std::string> classes;
  for (int64_t row = 0; row < io::grid_rows(network, options); ++row) {
    const int64_t label = (options.first + row) % network.classes;
    classes.push_back(data.class_names.empty() ? std::to_string(label) : data.class_names[static_cast<size_t>(label)]);
  }
  return classes;
}

// The classes of the samples where each has one; undefined for "no class".
torch::Tensor known_labels(const DenoiserOptions& network, const SampleOptions& options) {
  return options.label == network.classes ? torch::Tensor() : sample_labels(network, options);
}

std::string result_json(const SampleOptions& options, int64_t step, const nlohmann::ordered_json& written,
                        const std::vector<std::string>& rows) {
  nlohmann::ordered_json object{{"schema_version", 1},    {"count", options.count},
                                {"first", options.first}, {"steps", options.steps},
                                {"seed", options.seed},   {"temperature", options.temperature},
                                {"step", step},           {"written", written}};
  if (!rows.empty()) {
    object["grid_rows"] = rows;
  }
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

std::string result_text(const nlohmann::ordered_json& written, const std::vector<std::string>& rows) {
  std::string text;
  for (const auto& [kind, path] : written.items()) {
    text += concat(kind, " ", path.get<std::string>(), "\n");
  }
  if (rows.empty()) {
    return text;
  }
  // Names come from a file that may be anyone's.
  return concat(text, "rows from the top: ", printable(joined(rows)), "\n");
}

// Of the samples that were asked for, those that are drawn when `steps` of all groups' steps are done.
int64_t drawn(const SampleOptions& options, int64_t steps) {
  const int64_t before = options.first % options.rows_per_call;  // in the first group, and not asked for
  return std::clamp<int64_t>(steps / options.steps * options.rows_per_call - before, 0, options.count);
}

// The trace looks at all that is masked, as one single step would.
SampleOptions largest_call(const SampleOptions& options, bool is_traced) {
  SampleOptions largest = options;
  if (is_traced) {
    largest.steps = 1;
    largest.counts.clear();
  }
  return largest;
}

// unmasking: a watcher, or nullptr.
torch::Tensor draw(const ModelChoice& choice, const SampleOptions& options, Unmasking* unmasking,
                   const StopSignal& signal, bool quiet) {
  require_memory_to_sample(*choice.model.denoiser, largest_call(options, unmasking != nullptr), choice.compute);
  ProgressReporter progress({.label = "sample", .unit = "network calls", .examples = options.count, .quiet = quiet});
  int64_t steps = 0;
  const auto advance = [&steps, next = stoppable(progress, signal)](int64_t done, int64_t all) {
    steps = done;
    next(done, all);
  };
  try {
    const SampleTrace trace = unmasking != nullptr ? unmasking->trace() : SampleTrace();
    return with_batch_advice(batch_setting(options),
                             [&] { return sample(*choice.model.denoiser, options, choice.compute, advance, trace); });
  } catch (const Stopped&) {
    throw Stopped(concat("stopped after ", drawn(options, steps), " of ", options.count,
                         " samples were drawn; nothing was written: calls with a smaller --count, and --first, keep "
                         "what they made"));
  }
}

// The names of the classes of the samples that are watched; none where they have no classes.
std::vector<std::string> class_names_of(const torch::Tensor& labels, const DatasetInfo& data,
                                        const Unmasking& unmasking) {
  std::vector<std::string> names;
  for (int64_t i = 0; labels.defined() && i < unmasking.revealed_by().size(0); ++i) {
    const auto label = labels[i].item<int64_t>();
    names.push_back(data.class_names.empty() ? std::to_string(label) : data.class_names[static_cast<size_t>(label)]);
  }
  return names;
}

std::optional<Unmasking> watcher(const Targets& targets, const DatasetInfo& data, const SampleOptions& options) {
  return targets.film.empty() ? std::nullopt
                              : std::optional<Unmasking>(std::in_place, options, data.shape.length(), data.vocab_size,
                                                         io::watched_for_film(options, data));
}

}  // namespace

int run_sample(const Arguments& arguments) {
  const ModelChoice choice = open_model(arguments);
  const std::string& alphabet = choice.model.spec.data.alphabet;
  const Targets targets =
      choose_targets(arguments, choice.config.data.source, choice.model.spec.data.kind == DataKind::kText);
  const DenoiserOptions& network = choice.model.denoiser->options();
  SampleOptions options = choice.run.sample;
  if (arguments.has("class")) {
    options.label = label_of(arguments.text("class"), network, choice.model.spec.data);
  }
  choose_grid(arguments, network.shape.length(), options);
  const auto rows =
      targets.grid.empty() ? std::vector<std::string>() : row_classes(network, choice.model.spec.data, options);
  const StopSignal signal;  // once the samples are there, they are written whatever comes
  auto unmasking = watcher(targets, choice.model.spec.data, options);
  const torch::Tensor tokens = draw(choice, options, unmasking ? &*unmasking : nullptr, signal, arguments.quiet);
  const torch::Tensor labels = known_labels(network, options);
  nlohmann::ordered_json written =
      targets.is_text
          ? write_text_samples(targets, tokens, labels, alphabet, arguments.has("json"))
          : write_samples(targets, tokens, labels, network, options.first, static_cast<int64_t>(rows.size()));
  if (unmasking) {
    io::write_file(targets.film,
                   io::film_page({.data = choice.model.spec.data,
                                  .options = options,
                                  .frames = unmasking->frames(),
                                  .revealed_by = unmasking->revealed_by(),
                                  .model = arguments.text("model"),
                                  .classes = class_names_of(labels, choice.model.spec.data, *unmasking)}));
    written["trace"] = targets.film.string();
  }
  print(arguments.has("json") ? result_json(options, choice.model.info.step, written, rows)
                              : result_text(written, rows));
  return 0;
}

}  // namespace veil::cli
