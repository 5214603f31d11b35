#include "cli/command/evaluate/evaluate_command.h"

#include <memory>
#include <optional>

#include "cli/arguments/usage_error.h"
#include "cli/opening/data_opening.h"
#include "cli/opening/model_choice.h"
#include "cli/terminal/evaluation_output.h"
#include "cli/terminal/output.h"
#include "cli/terminal/progress.h"
#include "io/file/files.h"
#include "veil/evaluate/evaluator.h"
#include "veil/evaluate/exact_order.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

// Where the JSON object goes: --out, or the run folder if it is the bound on the whole split; else nowhere.
fs::path result_file(const Arguments& arguments, bool is_whole) {
  if (arguments.has("out")) {
    return arguments.text("out");
  }
  const fs::path model = arguments.text("model");
  return is_whole && !arguments.has("exact-order") && fs::is_directory(model) ? model / "evaluation.json" : fs::path();
}

std::optional<RevealOptions> exact_order(const Arguments& arguments) {
  if (!arguments.has("exact-order")) {
    require<UsageError>(!arguments.has("groups"), "--groups is of --exact-order, which is not given");
    return std::nullopt;
  }
  RevealOptions order = parse_reveal_order(arguments.text("exact-order"));
  order.groups = arguments.integer("groups", 0, 1, 1'000'000'000);
  return order;
}

EvaluationReport measure(const Arguments& arguments, const ModelChoice& choice, const Dataset& dataset,
                         const std::optional<RevealOptions>& order) {
  ProgressReporter progress({.label = "evaluate", .quiet = arguments.quiet});
  const auto advance = [&](int64_t done, int64_t all) { progress.advance_of(done, all); };
  const EvaluationOptions& options = choice.run.evaluation;
  Denoiser& denoiser = *choice.model.denoiser;
  return order ? exact_order_likelihood(denoiser, dataset, *order, options, choice.compute, advance)
               : evaluate(denoiser, dataset, options, choice.compute, advance);
}

}  // namespace

int run_evaluate(const Arguments& arguments) {
  if (arguments.has("out")) {
    require_folder_of(arguments.text("out"));
  }
  const auto order = exact_order(arguments);
  const ModelChoice choice = open_model(arguments);
  const auto dataset = open_scored_data(arguments, choice.config.data);
  warn_of_other_data(dataset->info(), choice.model);
  EvaluationReport report = measure(arguments, choice, *dataset, order);
  report.dataset = dataset->info().name;
  report.split = dataset->info().split;
  report.weights = choice.model.info.weights;
  const std::string json = evaluation_json(report);
  const fs::path file = result_file(arguments, report.examples == dataset->size());
  if (!file.empty()) {
    io::write_file(file, json + "\n");
  }
  print(arguments.has("json") ? json + "\n" : evaluation_text(report));
  return 0;
}

}  // namespace veil::cli
