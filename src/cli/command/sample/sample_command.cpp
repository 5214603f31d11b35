#include "cli/command/sample/sample_command.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/words.h"
#include "cli/arguments/usage_error.h"
#include "cli/opening/memory_check.h"
#include "cli/opening/model_choice.h"
#include "cli/opening/outputs.h"
#include "cli/terminal/output.h"
#include "cli/terminal/watch.h"
#include "io/config/count_grid_file.h"
#include "io/file/new_folder.h"
#include "io/image/picture_mark.h"
#include "io/image/sample_picture.h"
#include "io/run/sample_files.h"
#include "io/text/text.h"
#include "veil/io/format/numpy_writer.h"
#include "veil/io/image/image_grid.h"
#include "veil/io/image/png_file.h"
#include "veil/sample/sampler.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

// Where the samples go; an empty path means: not there.
struct Targets {
  fs::path grid;
  fs::path folder;
  fs::path npz;
  fs::path npy;
  bool is_text = false;  // lines on standard output, or in the file --out
};

// The data that the model was trained on must not grow by its samples. A source such as "." says nothing here, for it
// was meant from another folder.
void reads_training_data(Outputs& outputs, const std::string& source) {
  if (!fs::path(source).lexically_normal().string().starts_with('.')) {
    outputs.reads_data(source);
  }
}

// Before the samples are made, so that a wrong path costs nothing.
Targets choose_targets(const Arguments& arguments, const std::string& source, bool is_text) {
  Targets targets{.grid = arguments.text("grid"),
                  .folder = arguments.text("out"),
                  .npz = arguments.text("npz"),
                  .npy = arguments.text("npy"),
                  .is_text = is_text};
  require<UsageError>(!is_text || targets.grid.empty(), "--grid is ", arguments.text("grid"),
                      ", but the model writes texts, not pictures; --out FILE takes them");
  if (!is_text && targets.grid.empty() && targets.folder.empty() && targets.npz.empty() && targets.npy.empty()) {
    targets.grid = "samples.png";
  }
  Outputs outputs(arguments);
  outputs.reads_model(arguments.text("model"));
  if (arguments.has("sampling-grid")) {
    outputs.reads_file(arguments.text("sampling-grid"), "the count grids");
  }
  reads_training_data(outputs, source);
  outputs.writes("--grid", targets.grid, OutputKind::kGrid);
  outputs.writes("--out", targets.folder, is_text ? OutputKind::kText : OutputKind::kPictures);
  outputs.writes("--npz", targets.npz, OutputKind::kSampleArray);
  outputs.writes("--npy", targets.npy, OutputKind::kNumpy);
  outputs.check();
  return targets;
}

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
  require<UsageError>(fs::exists(grid, ignored), "--sampling-grid is ", in_quotes(grid),
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

// In place of those of an earlier call.
void write_images(const fs::path& target, const torch::Tensor& images, int64_t first) {
  io::NewFolder folder(target, io::is_sample_picture);
  folder.open();
  for (int64_t i = 0; i < images.size(0); ++i) {
    io::write_sample_picture(folder.path(), first + i, io::pixels_of(images[i]));
  }
  folder.publish();
}

// The classes of the samples where each has one; undefined for "no class".
torch::Tensor known_labels(const DenoiserOptions& network, const SampleOptions& options) {
  return options.label == network.classes ? torch::Tensor() : sample_labels(network, options);
}

// The samples as NumPy arrays, where they are asked for; notes them in `written`. The names are those that
// numpy.savez(FILE, samples, labels) gives, which evaluators of samples read.
void write_arrays(const Targets& targets, const torch::Tensor& samples, const torch::Tensor& labels,
                  nlohmann::ordered_json& written) {
  if (!targets.npz.empty()) {
    std::vector<std::pair<std::string, torch::Tensor>> arrays{{"arr_0", samples}};
    if (labels.defined()) {
      arrays.emplace_back("arr_1", labels);
    }
    io::write_npz(targets.npz, arrays, io::file_mark(io::kSamplesMark));
    written["npz"] = targets.npz.string();
  }
  if (!targets.npy.empty()) {
    io::write_npy(targets.npy, samples);
    written["npy"] = targets.npy.string();
  }
}

// Texts go to standard output, one a line, unless a file is asked for.
nlohmann::ordered_json write_text_samples(const Targets& targets, const torch::Tensor& tokens,
                                          const torch::Tensor& labels, const std::string& alphabet, bool json) {
  nlohmann::ordered_json written = nlohmann::ordered_json::object();
  const auto texts = io::tokens_to_texts(tokens, alphabet);
  if (!targets.folder.empty()) {
    io::write_texts(targets.folder, texts);
    written["texts"] = targets.folder.string();
  } else if (!json) {
    for (const auto& text : texts) {
      print(text + "\n");
    }
  }
  write_arrays(targets, tokens.to(torch::kUInt8), labels, written);
  return written;
}

// Returns (kind, path) of what was written. rows: of the grid; 0: as many as make it nearly square.
nlohmann::ordered_json write_samples(const Targets& targets, const torch::Tensor& tokens, const torch::Tensor& labels,
                                     const DenoiserOptions& network, int64_t first, int64_t rows) {
  nlohmann::ordered_json written = nlohmann::ordered_json::object();
  const torch::Tensor images = io::tokens_to_images(tokens, network.shape, network.vocab_size);
  if (!targets.grid.empty()) {
    io::write_png(targets.grid,
                  io::image_grid(tokens, network.shape, {.rows = rows, .scale = 0, .vocab_size = network.vocab_size}),
                  io::picture_mark(io::kSamplesMark));
    written["grid"] = targets.grid.string();
  }
  if (!targets.folder.empty()) {
    write_images(targets.folder, images, first);
    written["folder"] = targets.folder.string();
  }
  write_arrays(targets, images, labels, written);
  return written;
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

torch::Tensor draw(const ModelChoice& choice, const SampleOptions& options, const StopSignal& signal, bool quiet) {
  require_memory_to_sample(*choice.model.denoiser, options, choice.compute);
  ProgressReporter progress({.label = "sample", .unit = "network calls", .examples = options.count, .quiet = quiet});
  int64_t steps = 0;
  const auto advance = [&steps, next = stoppable(progress, signal)](int64_t done, int64_t all) {
    steps = done;
    next(done, all);
  };
  try {
    return with_batch_advice(batch_setting(options),
                             [&] { return sample(*choice.model.denoiser, options, choice.compute, advance); });
  } catch (const Stopped&) {
    throw Stopped(concat("stopped after ", drawn(options, steps), " of ", options.count,
                         " samples were drawn; nothing was written: calls with a smaller --count, and --first, keep "
                         "what they made"));
  }
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
  const torch::Tensor tokens = draw(choice, options, signal, arguments.quiet);
  const torch::Tensor labels = known_labels(network, options);
  const nlohmann::ordered_json written =
      targets.is_text
          ? write_text_samples(targets, tokens, labels, alphabet, arguments.has("json"))
          : write_samples(targets, tokens, labels, network, options.first, static_cast<int64_t>(rows.size()));
  print(arguments.has("json") ? result_json(options, choice.model.info.step, written, rows)
                              : result_text(written, rows));
  return 0;
}

}  // namespace veil::cli
