#include "evaluate/estimator_comparison.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>

#include "evaluate/batch_passes.h"
#include "evaluate/statistics.h"
#include "veil/base/error.h"
#include "veil/data/split_part.h"
#include "veil/nn/evaluation_mode.h"

namespace veil {
namespace {

// What one estimator gave, batch by batch.
struct BatchFigures {
  std::vector<double> means;           // bits per dimension over all examples and repetitions
  std::vector<double> mean_variances;  // of those, due to masks
  std::vector<double> variances;       // as EstimatorFigures::variance
  double degrees_of_freedom = 0.0;
};

int64_t batches_of(const Dataset& dataset, const EstimatorComparisonOptions& options) {
  return (options.limit == 0 ? dataset.size() : std::min(options.limit, dataset.size())) / options.batch_size;
}

// The estimators of evaluate().
struct Scheme {
  const char* name;
  ObjectiveForm form;
  double control;
};

constexpr std::array<Scheme, 3> kSchemes{{{"count-controlled", ObjectiveForm::kCount, EvaluationOptions{}.control},
                                          {"count-stratified", ObjectiveForm::kCount, 0.0},
                                          {"time-stratified", ObjectiveForm::kTime, 0.0}}};

EvaluationOptions evaluation_of(const EstimatorComparisonOptions& options, const Scheme& scheme, int64_t batches) {
  EvaluationOptions evaluation{.form = scheme.form, .schedule = options.schedule};
  evaluation.control = scheme.control;
  if (scheme.form == ObjectiveForm::kTime) {
    evaluation.schedule.clip = options.clip;
  }
  evaluation.passes = options.passes * options.repeats;
  evaluation.replicates = options.repeats;
  evaluation.limit = batches * options.batch_size;
  evaluation.rows_per_call = options.rows_per_call;
  evaluation.seed = options.seed;
  return evaluation;
}

void check(const Denoiser& denoiser, const Dataset& dataset, const EstimatorComparisonOptions& options) {
  require(denoiser.powers() == nullptr,
          "the network has learned powers, want one schedule for all values: the count "
          "form is not for them");
  require(options.passes >= 1, "passes: got ", options.passes, ", wanted at least 1");
  require(options.repeats >= 2, "repeats: got ", options.repeats, ", wanted at least 2");
  require(options.batch_size >= 1, "batch_size: got ", options.batch_size, ", wanted at least 1");
  require(options.limit >= 0, "limit: got ", options.limit, ", wanted 0 (all) or more");
  require(options.clip > 0 && options.clip < 0.5, "clip: got ", options.clip, ", wanted a number in (0, 0.5)");
  require(batches_of(dataset, options) >= 1, "batch_size: got ", options.batch_size, ", more than the ",
          options.limit == 0 ? dataset.size() : std::min(options.limit, dataset.size()), " examples there are");
}

// An estimator of evaluate(): its replicates are the repetitions.
BatchFigures stratified(const EvaluationReport& report, int64_t batch_size) {
  BatchFigures figures;
  const int64_t batches = report.examples / batch_size;
  const auto repeats = static_cast<double>(report.replicates);
  for (int64_t batch = 0; batch < batches; ++batch) {
    const double variance = mean_of(dealt_to(batch, batches, report.example_mask_variances));
    figures.means.push_back(mean_of(dealt_to(batch, batches, report.example_bits)));
    figures.mean_variances.push_back(variance / static_cast<double>(batch_size));
    figures.variances.push_back(variance * repeats);
  }
  figures.degrees_of_freedom = static_cast<double>(report.examples) * (repeats - 1);
  return figures;
}

// The reference's estimator: passes over whole batches.
BatchFigures batchwise(const BatchPasses& draws, const Dataset& dataset, const EstimatorComparisonOptions& options,
                       const EvaluationProgress& progress) {
  const int64_t passes = options.passes * options.repeats;
  const int64_t batches = batches_of(dataset, options);
  const auto scored = part_of_split(dataset, batches * options.batch_size);
  BatchFigures figures;
  for (int64_t batch = 0; batch < batches; ++batch) {
    const auto parts = draws.parts_of(dataset, dealt_to(batch, batches, scored));
    std::vector<double> bits(static_cast<size_t>(passes));
    for (int64_t pass = 0; pass < passes; ++pass) {  // another round for every pass of every batch: no two share a u
      bits[static_cast<size_t>(pass)] = draws.bits(parts, batch * passes + pass);
    }
    // Passes are independent, as replicates of one pass are: the batch is the one "example".
    const auto statistics = pass_statistics(bits, passes, passes);
    figures.means.push_back(statistics.mean);
    figures.mean_variances.push_back(statistics.mask_variances.front());
    figures.variances.push_back(statistics.mask_variances.front() * static_cast<double>(options.repeats) *
                                static_cast<double>(options.batch_size));
    if (progress) {
      progress((3 * batches + batch + 1) * options.batch_size, 4 * batches * options.batch_size);
    }
  }
  figures.degrees_of_freedom = static_cast<double>(batches * (passes - 1));
  return figures;
}

EstimatorFigures figures_of(std::string name, const BatchFigures& batches, const BatchFigures& first) {
  EstimatorFigures figures{.name = std::move(name)};
  const auto count = static_cast<double>(batches.means.size());
  figures.batches = static_cast<int64_t>(batches.means.size());
  figures.bits_per_dim = mean_of(batches.means);
  figures.standard_error = std::sqrt(mean_of(batches.mean_variances) / count);
  figures.half_width = student_quantile(static_cast<int64_t>(batches.degrees_of_freedom)) * figures.standard_error;
  const double spread_quantile = student_quantile(figures.batches - 1);
  figures.variance = mean_of(batches.variances);
  figures.variance_error = error_of_mean(batches.variances);
  figures.variance_half_width = spread_quantile * figures.variance_error;
  figures.degrees_of_freedom = batches.degrees_of_freedom;
  const auto ratio = ratio_of_means(batches.variances, first.variances);
  figures.ratio = ratio.value;
  figures.ratio_error = ratio.standard_error;
  figures.ratio_half_width = spread_quantile * figures.ratio_error;
  return figures;
}

}  // namespace

std::vector<EstimatorFigures> compare_estimators(Denoiser& denoiser, const Dataset& dataset,
                                                 const EstimatorComparisonOptions& options, const Compute& compute,
                                                 const EvaluationProgress& progress) {
  check(denoiser, dataset, options);
  const int64_t batches = batches_of(dataset, options);
  std::vector<BatchFigures> found;
  std::vector<std::string> names;
  for (const auto& scheme : kSchemes) {
    const auto part = static_cast<int64_t>(found.size());
    const auto report =
        evaluate(denoiser, dataset, evaluation_of(options, scheme, batches), compute, [&](int64_t done, int64_t all) {
          if (progress) {
            progress(part * all + done, 4 * all);
          }
        });
    found.push_back(stratified(report, options.batch_size));
    names.emplace_back(scheme.name);
  }
  {
    const EvaluationMode evaluation_mode(denoiser);
    const ScopedPrecision scoped_precision(compute);
    ObjectiveOptions objective{.form = ObjectiveForm::kTime, .schedule = options.schedule};
    objective.schedule.clip = options.clip;
    const BatchPasses draws(denoiser, objective, {options.batch_size, options.rows_per_call, options.seed},
                            compute.device);
    found.push_back(batchwise(draws, dataset, options, progress));
    names.emplace_back("time-batch");
  }
  std::vector<EstimatorFigures> figures;
  for (size_t i = 0; i < found.size(); ++i) {
    figures.push_back(figures_of(names[i], found[i], found.front()));
  }
  return figures;
}

}  // namespace veil
