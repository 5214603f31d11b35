#include "cli/command/evaluate/evaluate_command.h"

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/words.h"
#include "cli/arguments/usage_error.h"
#include "cli/command/evaluate/example_findings.h"
#include "cli/opening/data_opening.h"
#include "cli/opening/memory_check.h"
#include "cli/opening/model_choice.h"
#include "cli/opening/outputs.h"
#include "cli/opening/provenance.h"
#include "cli/terminal/evaluation_output.h"
#include "cli/terminal/messages.h"
#include "cli/terminal/output.h"
#include "cli/terminal/watch.h"
#include "io/file/files.h"
#include "io/model/model_files.h"
#include "io/model/setting_changes.h"
#include "io/run/evaluation_file.h"
#include "io/run/per_example_file.h"
#include "io/run/run_folder.h"
#include "veil/evaluate/evaluator.h"
#include "veil/evaluate/exact_order.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

// A setting of the evaluation under which this figure could differ from that of a run with the configuration `own`;
// empty if there is none.
std::string differing_setting(const io::RunConfig& here, const io::RunConfig& own) {
  for (const auto& change : io::differences(own, here)) {
    if (change.key.starts_with("evaluate.") && change.key != "evaluate.batch_size") {
      return concat(change.key, " is ", change.after, ", the run's is ", change.before);
    }
  }
  return "";
}

// Why this is not the question that a run's own evaluation answers; empty if it is that one.
std::string difference_to_own(const io::RunLayout& run, const ModelChoice& choice, const DatasetInfo& scored,
                              bool is_exact) {
  const auto& model = choice.model.info;
  if (is_exact) {
    return "an exact likelihood, not the bound";
  }
  if (model.weights != "ema") {
    return model.weights + " weights";
  }
  if (!fs::exists(run.model)) {
    return "the run is not finished";
  }
  if (model.evaluation_fingerprint.empty() || scored.fingerprint != model.evaluation_fingerprint) {
    return concat(scored.name, ", ", scored.split, ", is not known to be what the run evaluates on");
  }
  try {
    return differing_setting(choice.config, io::read_run_config(run));
  } catch (const std::exception& error) {  // a folder with a model that is not, or no longer, that of a run
    return error.what();
  }
}

// Where the JSON object goes, decided before the work: nowhere if empty.
struct ResultFile {
  fs::path out;             // asked for
  fs::path own_evaluation;  // of a run, if this is its own question
};

ResultFile result_file(const Arguments& arguments, const ModelChoice& choice, const DatasetInfo& scored) {
  const fs::path model = arguments.text("model");
  if (arguments.has("out") || !fs::is_directory(model) || fs::exists(model / io::kStateName)) {
    return {.out = arguments.text("out"), .own_evaluation = {}};
  }
  const io::RunLayout run(model);
  const std::string difference = difference_to_own(run, choice, scored, arguments.has("exact-order"));
  if (difference.empty() && may_be_written(run.evaluation)) {
    return {.out = {}, .own_evaluation = run.evaluation};
  }
  if (difference.empty()) {  // somebody else's run: the figure is printed all the same
    std::cerr << "veil: " << printable(run.evaluation.string()) << " cannot be written; --out FILE keeps the figure\n";
    return {};
  }
  if (!arguments.quiet) {
    std::cerr << "veil: " << run.evaluation.string() << " is left as it is: this is not the run's own question ("
              << printable(difference) << "); --out FILE keeps the figure\n";
  }
  return {};
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

// Before the work, that it does not end in the middle.
void check_memory(const ModelChoice& choice, const Dataset& dataset, const std::optional<RevealOptions>& order) {
  const int64_t length = dataset.info().shape.length();
  const int64_t groups = !order ? 0 : order->groups > 0 ? order->groups : length;
  require_memory_to_evaluate(*choice.model.denoiser, choice.run.evaluation, dataset.size(), choice.compute, groups);
}

EvaluationReport measure(const Arguments& arguments, const ModelChoice& choice, const Dataset& dataset,
                         const std::optional<RevealOptions>& order) {
  Watch watch({.label = "evaluate", .quiet = arguments.quiet});
  int64_t scored = 0;
  const auto advance = [&scored, next = watch.callback()](int64_t done, int64_t all) {
    scored = done;
    next(done, all);
  };
  const EvaluationOptions& options = choice.run.evaluation;
  Denoiser& denoiser = *choice.model.denoiser;
  try {
    return with_batch_advice(batch_setting(options), [&] {
      return order ? exact_order_likelihood(denoiser, dataset, *order, options, choice.compute, advance)
                   : evaluate(denoiser, dataset, options, choice.compute, advance);
    });
  } catch (const Stopped&) {
    throw Stopped(concat("stopped after ", scored, " examples were scored; a figure of these alone is not kept"));
  }
}

// Before the data are read, which may take long.
void check_outputs(const Arguments& arguments, const std::string& source) {
  Outputs outputs(arguments);
  outputs.reads_model(arguments.text("model"));
  outputs.reads_data(arguments.text("data", source));
  outputs.writes("--out", arguments.text("out"), OutputKind::kEvaluation);
  outputs.writes("--per-example", arguments.text("per-example"), OutputKind::kExampleTable);
  outputs.writes("--heat-map", arguments.text("heat-map"), OutputKind::kHeatMap);
  outputs.check();
}

// A run's own evaluation lies beside the model.
void note_own_sources(EvaluationReport& report, const Arguments& arguments, const ModelChoice& choice,
                      const ResultFile& result) {
  io::RunConfig config = choice.config;
  config.data.source = arguments.text("data", config.data.source);
  note_sources(report, choice.model.file, config, choice.compute);
  if (!result.own_evaluation.empty()) {
    report.model = choice.model.file.filename().string();
  }
}

std::string with_findings(const std::string& json, const ExampleFindings& findings) {
  if (findings.fields.empty()) {
    return json;
  }
  auto object = nlohmann::ordered_json::parse(json);
  object.update(findings.fields);
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

// A signal that comes after the figure was measured takes only what is found beside it.
ExampleFindings findings_unless_stopped(const Arguments& arguments, const ModelChoice& choice, const Dataset& dataset,
                                        const EvaluationReport& report, bool& is_stopped) {
  try {
    return example_findings(arguments, choice, dataset, report);
  } catch (const Stopped&) {
    is_stopped = true;
    warn(
        "veil: stopped: the figure is whole; what was asked for beside it (ranking, heat map, label errors) is not "
        "made");
    return {};
  }
}

}  // namespace

int run_evaluate(const Arguments& arguments) {
  const auto order = exact_order(arguments);
  const ModelChoice choice = open_model(arguments);
  check_outputs(arguments, choice.config.data.source);
  const auto dataset = open_scored_data(arguments, choice.config.data, choice.model.spec);
  warn_of_other_data(dataset->info(), choice.model);
  check_example_flags(arguments, choice.model.spec.network, dataset->info());
  check_memory(choice, *dataset, order);
  const ResultFile file = result_file(arguments, choice, dataset->info());
  EvaluationReport report = measure(arguments, choice, *dataset, order);
  report.weights = choice.model.info.weights;
  report.examples_in_training = known_in_training(choice.model.info, dataset->info());
  note_computation(report, choice.model.info.step, choice.compute);
  note_own_sources(report, arguments, choice, file);
  bool is_stopped = false;
  const auto findings = findings_unless_stopped(arguments, choice, *dataset, report, is_stopped);
  if (!file.out.empty()) {
    io::write_file(file.out, with_findings(io::evaluation_file_json(report), findings) + "\n");
  }
  if (!file.own_evaluation.empty()) {
    io::write_evaluation(file.own_evaluation, report);
  }
  if (arguments.has("per-example")) {
    io::write_file(arguments.text("per-example"), io::per_example_csv(report, *dataset));
  }
  print(arguments.has("json") ? with_findings(io::evaluation_to_json(report), findings) + "\n"
                              : concat(evaluation_text(report), class_table(report), findings.text));
  return is_stopped ? kStoppedBySignal : 0;
}

}  // namespace veil::cli
