#include "cli/command/compare/compare_command.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>

#include "base/words.h"
#include "cli/arguments/usage_error.h"
#include "cli/command/compare/compared_models.h"
#include "cli/command/compare/comparison_output.h"
#include "cli/opening/outputs.h"
#include "cli/opening/provenance.h"
#include "cli/terminal/heat_map.h"
#include "cli/terminal/messages.h"
#include "cli/terminal/output.h"
#include "cli/terminal/plain_numbers.h"
#include "cli/terminal/watch.h"
#include "io/file/ending.h"
#include "io/run/evaluation_file.h"
#include "veil/evaluate/position_bits.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int64_t kListed = 5;
constexpr int64_t kMostListed = 1'000'000;
constexpr int64_t kMostPictured = 64;

bool is_evaluation_file(const std::string& path) { return io::ending_of(path) == ".json" && !fs::is_directory(path); }

size_t listed(const Arguments& arguments) {
  const int64_t most = arguments.has("pictures") ? kMostPictured : kMostListed;
  return static_cast<size_t>(arguments.integer("ranked", kListed, 1, most));
}

void note_side(EvaluationReport& report, const ModelChoice& choice, const Arguments& arguments) {
  io::RunConfig config = choice.config;
  config.data.source = arguments.text("data", config.data.source);
  report.weights = choice.model.info.weights;
  note_computation(report, choice.model.info.step, choice.compute);
  note_sources(report, choice.model.file, config, choice.compute);
}

PairedComparison measure(const Arguments& arguments, const ComparedModels& models) {
  Watch watch({.label = "compare", .unit = "scores", .quiet = arguments.quiet});
  int64_t scored = 0;
  const auto advance = [&scored, next = watch.callback()](int64_t done, int64_t all) {
    scored = done;
    next(done, all);
  };
  try {
    auto comparison = compare(models.side_a(), models.side_b(), arguments.has("stop-early"), advance);
    note_side(comparison.a, models.model_a(), arguments);
    note_side(comparison.b, models.model_b(), arguments);
    return comparison;
  } catch (const Stopped&) {
    throw Stopped(concat("stopped after ", scored, " examples were scored under one model or the other; a difference ",
                         "of these alone is not kept"));
  }
}

std::vector<PositionBits> maps_of(const ComparisonSide& side, const EvaluationReport& report,
                                  const std::vector<size_t>& places) {
  std::vector<int64_t> indices;
  std::vector<double> bits;
  for (const auto place : places) {
    indices.push_back(report.example_indices[place]);
    bits.push_back(report.example_bits[place]);
  }
  return position_bits(side.denoiser, side.dataset, indices, bits, side.options, side.compute);
}

// Both rows equally long, or one alone; says what the picture shows.
std::string draw(const fs::path& file, const ComparedModels& models, const PairedComparison& comparison,
                 MostDifferent most) {
  if (most.a_better.empty() && most.b_better.empty()) {
    warn(concat("veil: ", file.string(), " is not drawn: no example costs one model more than the other"));
    return "";
  }
  if (!most.a_better.empty() && !most.b_better.empty()) {
    const auto count = std::min(most.a_better.size(), most.b_better.size());
    most.a_better.resize(count);
    most.b_better.resize(count);
  }
  std::vector<MapRows> blocks;
  for (const auto* places : {&most.a_better, &most.b_better}) {
    if (!places->empty()) {
      blocks.push_back(
          {maps_of(models.side_a(), comparison.a, *places), maps_of(models.side_b(), comparison.b, *places)});
    }
  }
  const HeatMap map = write_heat_map(file, models.dataset(), blocks);
  return concat("pictures ", printable(file.string()),
                ": these examples from the left, below them the bits of each pixel under A, then under B; black: 0, "
                "white: ",
                fixed(map.white, 1), " bits or more\n");
}

void check_outputs(const Arguments& arguments, const std::string& source) {
  Outputs outputs(arguments);
  for (const auto& model : arguments.positionals) {
    outputs.reads_model(model);
  }
  outputs.reads_data(arguments.text("data", source));
  outputs.writes("--pictures", arguments.text("pictures"), OutputKind::kHeatMap);
  outputs.check();
}

void print_comparison(const Arguments& arguments, const PairedComparison& comparison, const MostDifferent& most,
                      const Dataset* dataset, const std::string& more) {
  if (!arguments.has("json")) {
    print(comparison_text(comparison, most, dataset) + more);
    return;
  }
  Json object = comparison_json(comparison, most, dataset);
  if (!more.empty()) {
    object["pictures"] = arguments.text("pictures");
  }
  print(object.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

int compare_models(const Arguments& arguments) {
  const size_t count = listed(arguments);
  ComparedModels models(arguments);
  require<UsageError>(!arguments.has("pictures") || models.model_a().model.spec.data.kind == DataKind::kImage,
                      "--pictures is of images, these models are of text");
  check_outputs(arguments, models.model_a().config.data.source);
  models.open_data();
  const auto comparison = measure(arguments, models);
  const auto most = most_different(comparison, count);
  const std::string more =
      arguments.has("pictures") ? draw(arguments.text("pictures"), models, comparison, most) : std::string();
  print_comparison(arguments, comparison, most, &models.dataset(), more);
  return 0;
}

// Flags that say how to measure have nothing to say where nothing is measured.
int compare_files(const Arguments& arguments) {
  for (const auto& [flag, value] : arguments.flags) {
    require<UsageError>(flag == "json" || flag == "ranked", "--", flag,
                        " is of models that are scored; these are results that were scored before");
  }
  require<UsageError>(arguments.settings.empty(), "--",
                      arguments.settings.empty() ? std::string() : arguments.settings.front().first,
                      " is of models that are scored; these are results that were scored before");
  const auto& names = arguments.positionals;
  const auto a = io::read_evaluation(names[0]);
  const auto b = io::read_evaluation(names[1]);
  try {
    const auto comparison = compare_reports(a, b);
    print_comparison(arguments, comparison, most_different(comparison, listed(arguments)), nullptr, "");
  } catch (const InvalidArgument& error) {
    throw DataError(concat(names[0], " (a) and ", names[1], " (b): ", error.what(),
                           "; veil compare of the two models scores both on the same examples and masks"));
  }
  return 0;
}

}  // namespace

int run_compare(const Arguments& arguments) {
  const auto& names = arguments.positionals;
  require<UsageError>(names.size() == 2,
                      "usage: veil compare A B, each a model file, the folder of a run or a checkpoint; or two "
                      "evaluation.json");
  const bool is_file = is_evaluation_file(names[0]);
  require<UsageError>(is_file == is_evaluation_file(names[1]), names[is_file ? 0 : 1], " is an evaluation, ",
                      names[is_file ? 1 : 0], " is not: want two models, or two evaluations");
  return is_file ? compare_files(arguments) : compare_models(arguments);
}

}  // namespace veil::cli
