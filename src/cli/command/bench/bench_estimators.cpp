#include "cli/command/bench/bench_estimators.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/opening/data_opening.h"
#include "cli/opening/memory_check.h"
#include "cli/opening/model_choice.h"
#include "cli/terminal/output.h"
#include "cli/terminal/plain_numbers.h"
#include "cli/terminal/progress.h"
#include "evaluate/estimator_comparison.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

constexpr int64_t kMost = 1'000'000'000;

EstimatorComparisonOptions options_of(const Arguments& arguments, const io::ResolvedRun& run) {
  const EstimatorComparisonOptions defaults;
  return {.schedule = run.spec.schedule,
          .passes = arguments.integer("passes", defaults.passes, 1, 1'000'000),
          .repeats = arguments.integer("repeats", defaults.repeats, 2, 1'000'000),
          .batch_size = arguments.integer("batch", defaults.batch_size, 1, 1'000'000),
          .limit = arguments.integer("limit", defaults.limit, 0, kMost),
          .rows_per_call = run.evaluation.rows_per_call,
          .seed = static_cast<uint64_t>(arguments.integer("seed", 0, 0, INT64_MAX))};
}

nlohmann::ordered_json json_of(const EstimatorFigures& figures) {
  return {{"estimator", figures.name},
          {"bits_per_dim", figures.bits_per_dim},
          {"standard_error", figures.standard_error},
          {"half_width", figures.half_width},
          {"variance", figures.variance},
          {"variance_error", figures.variance_error},
          {"variance_half_width", figures.variance_half_width},
          {"degrees_of_freedom", figures.degrees_of_freedom},
          {"ratio", figures.ratio},
          {"ratio_error", figures.ratio_error},
          {"ratio_half_width", figures.ratio_half_width}};
}

std::string cell(std::string text, size_t width) {
  text.resize(std::max(text.size() + 1, width), ' ');
  return text;
}

// Half of an interval, by `text` where it is known.
std::string half_width(double value, const std::string& text) {
  return std::isfinite(value) ? concat(" +- ", text) : " +- unknown";
}

std::string table_of(const std::vector<EstimatorFigures>& figures) {
  std::string text = concat(cell("estimator", 18), cell("bits/dim", 23), cell("mask variance", 26), "ratio\n");
  for (const auto& row : figures) {
    const auto bits = concat(fixed(row.bits_per_dim, 6), half_width(row.half_width, fixed(row.half_width, 6)));
    const auto variance = concat(significant(row.variance, 4),
                                 half_width(row.variance_half_width, significant(row.variance_half_width, 2)));
    const auto ratio = concat(fixed(row.ratio, 2), half_width(row.ratio_half_width, fixed(row.ratio_half_width, 2)));
    text += concat(cell(row.name, 18), cell(bits, 23), cell(variance, 26), ratio, "\n");
  }
  return text;
}

// What the errors are, and what to do about large ones.
std::string note_on_errors(int64_t batches) {
  constexpr int64_t kFewBatches = 8;
  const std::string advice = "; more batches narrow it: a smaller --batch or a larger --limit\n";
  const std::string what =
      "Mask variance in (bits/dim)^2 is that of a mean over examples times their number. +- is half of a 95 % interval";
  if (batches == 1) {
    return concat(what, "; that of variance and ratio comes from the spread over batches, of which one has none",
                  advice);
  }
  return concat(what, ", of variance and ratio from the spread over ", batches,
                " batches: Student's t with degrees of freedom ", batches - 1,
                batches < kFewBatches ? advice : std::string(".\n"));
}

std::string heading_of(const DatasetInfo& data, int64_t dataset_size, int64_t batches,
                       const EstimatorComparisonOptions& options) {
  const int64_t examples = batches * options.batch_size;
  const std::string of_all = examples < dataset_size ? concat(" of ", dataset_size) : std::string();
  return concat(data.name, " ", data.split, ", ", examples, of_all, " examples in ", batches, " batches of ",
                options.batch_size, ", ", options.passes, " forward passes each, ", options.repeats,
                " repetitions, times of ", schedule_name(options.schedule), " clipped at ",
                significant(options.clip, 1), ", seed ", options.seed, "\n");
}

}  // namespace

int run_bench_estimators(const Arguments& arguments) {
  const ModelChoice choice = open_model(arguments);
  const EstimatorComparisonOptions options = options_of(arguments, choice.run);
  const auto dataset = open_scored_data(arguments, choice.config.data, choice.model.spec);
  EvaluationOptions evaluation = choice.run.evaluation;
  evaluation.batch_size = options.batch_size;
  require_memory_to_evaluate(*choice.model.denoiser, evaluation, dataset->size(), choice.compute);
  ProgressReporter progress({.label = "bench", .quiet = arguments.quiet});
  const auto figures = with_batch_advice(batch_setting(evaluation), [&] {
    return compare_estimators(*choice.model.denoiser, *dataset, options, choice.compute,
                              [&](int64_t done, int64_t all) { progress.advance_of(done, all); });
  });
  const int64_t batches = figures.front().batches;
  if (arguments.has("json")) {
    nlohmann::ordered_json object{{"schema_version", 1},
                                  {"dataset", dataset->info().name},
                                  {"split", dataset->info().split},
                                  {"examples", batches * options.batch_size},
                                  {"dataset_size", dataset->size()},
                                  {"batch_size", options.batch_size},
                                  {"batches", batches},
                                  {"passes", options.passes},
                                  {"repeats", options.repeats},
                                  {"schedule", schedule_name(options.schedule)},
                                  {"clip", options.clip},
                                  {"seed", options.seed},
                                  {"variance_of", "one example"},
                                  {"estimators", nlohmann::ordered_json::array()}};
    for (const auto& row : figures) {
      object["estimators"].push_back(json_of(row));
    }
    print(object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
    return 0;
  }
  print(concat(heading_of(dataset->info(), dataset->size(), batches, options), table_of(figures),
               note_on_errors(batches)));
  return 0;
}

}  // namespace veil::cli
