#include <iostream>
#include <memory>

#include "cli/model_choice.h"
#include "veil/cli/commands.h"
#include "veil/cli/evaluation_output.h"
#include "veil/cli/output.h"
#include "veil/cli/progress.h"
#include "veil/cli/usage_error.h"
#include "veil/evaluate/evaluator.h"
#include "veil/io/files.h"
#include "veil/io/open_dataset.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

// A figure on other data than the model was made for is easily mistaken for one that can be compared.
void warn_of_other_data(const DatasetInfo& scored, const DatasetInfo& trained) {
  if (scored.name != trained.name) {
    std::cerr << "veil: warning: the model was trained on " << trained.name << ", but " << scored.name
              << " is scored: do not compare this figure with those on " << trained.name << '\n';
  }
}

// Where the JSON object goes: --out, or the run folder if the whole split was scored; else nowhere.
fs::path result_file(const Arguments& arguments, bool is_whole) {
  if (arguments.has("out")) {
    return arguments.text("out");
  }
  const fs::path model = arguments.text("model");
  return is_whole && fs::is_directory(model) ? model / "evaluation.json" : fs::path();
}

}  // namespace

int run_evaluate(const Arguments& arguments) {
  if (arguments.has("out")) {
    require_folder_of(arguments.text("out"));
  }
  const ModelChoice choice = open_model(arguments);
  const std::unique_ptr<Dataset> dataset =
      io::open_dataset(arguments.text("data", choice.config.data.source), choice.config.data.evaluation_split);
  warn_of_other_data(dataset->info(), choice.model.info.dataset);
  EvaluationReport report;
  {
    ProgressReporter progress({.label = "evaluate", .quiet = arguments.quiet});
    report = evaluate(*choice.model.denoiser, *dataset, io::evaluation_options(choice.config), choice.device,
                      choice.precision, [&](int64_t done, int64_t all) { progress.advance_of(done, all); });
  }
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
