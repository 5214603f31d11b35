#include "cli/command/bench/bench_estimators.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "cli/opening/data_opening.h"
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
          {"variance", figures.variance},
          {"variance_error", figures.variance_error},
          {"degrees_of_freedom", figures.degrees_of_freedom},
          {"ratio", figures.ratio},
          {"ratio_error", figures.ratio_error}};
}

std::string cell(std::string text, size_t width) {
  text.resize(std::max(text.size() + 1, width), ' ');
  return text;
}

std::string table_of(const std::vector<EstimatorFigures>& figures) {
  std::string text = concat(cell("estimator", 18), cell("bits/dim", 23), cell("mask variance", 26), "ratio\n");
  for (const auto& row : figures) {
    text +=
        concat(cell(row.name, 18), cell(concat(fixed(row.bits_per_dim, 6), " +- ", fixed(row.standard_error, 6)), 23),
               cell(concat(significant(row.variance, 4), " +- ", significant(row.variance_error, 2)), 26),
               fixed(row.ratio, 2), " +- ", fixed(row.ratio_error, 2), "\n");
  }
  return text;
}

}  // namespace

int run_bench_estimators(const Arguments& arguments) {
  const ModelChoice choice = open_model(arguments);
  const EstimatorComparisonOptions options = options_of(arguments, choice.run);
  const auto dataset = open_scored_data(arguments, choice.config.data, choice.model.spec);
  ProgressReporter progress({.label = "bench", .quiet = arguments.quiet});
  const auto figures = compare_estimators(*choice.model.denoiser, *dataset, options, choice.compute,
                                          [&](int64_t done, int64_t all) { progress.advance_of(done, all); });
  const int64_t batches = figures.front().batches;
  if (arguments.has("json")) {
    nlohmann::ordered_json object{{"schema_version", 1},
                                  {"dataset", dataset->info().name},
                                  {"split", dataset->info().split},
                                  {"examples", batches * options.batch_size},
                                  {"batch_size", options.batch_size},
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
  print(concat(dataset->info().name, " ", dataset->info().split, ", ", batches, " batches of ", options.batch_size,
               " examples, ", options.passes, " forward passes each, ", options.repeats, " repetitions, times of ",
               schedule_name(options.schedule), " clipped at ", significant(options.clip, 1), ", seed ", options.seed,
               "\n", table_of(figures),
               "Mask variance in (bits/dim)^2 is that of a mean over examples times their number; errors are from the "
               "spread over batches.\n"));
  return 0;
}

}  // namespace veil::cli
