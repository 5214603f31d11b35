#include "veil/evaluate/evaluator.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "evaluate/control_variate.h"
#include "evaluate/dataset_check.h"
#include "evaluate/pass_maker.h"
#include "evaluate/profile.h"
#include "evaluate/scored_report.h"
#include "evaluate/statistics.h"
#include "objective/bound.h"
#include "veil/base/error.h"
#include "veil/data/split_part.h"
#include "veil/nn/evaluation_mode.h"

namespace veil {
namespace {

// A replicate of one pass has no others to learn from.
bool is_controlled(const EvaluationOptions& options) {
  return options.form == ObjectiveForm::kCount && options.control > 0 && options.passes > options.replicates;
}

std::string estimator_name(const Bound& bound, const EvaluationOptions& options) {
  if (bound.schedule().is_by_value()) {
    return "powers-time-stratified";
  }
  return is_controlled(options)                  ? "count-controlled"
         : options.form == ObjectiveForm::kCount ? "count-stratified"
                                                 : "time-stratified";
}

// What the passes are worth. A profile by the number of masked positions is only one where that number alone decides
// which are masked.
class PassValues {
 public:
  PassValues(std::span<const int64_t> indices, int64_t length, const EvaluationOptions& options, bool has_profile)
      : options_(options),
        indices_(indices),
        values_(indices.size() * static_cast<size_t>(options.passes)),
        profile_(length),
        has_profile_(has_profile),
        control_(length, options.passes / options.replicates, options.control) {}

  void take(const PassRow& row, double nats_per_token, std::span<const double> parts) {
    const double value = row.scale * nats_per_token + row.constant;
    if (!std::isfinite(value)) {
      const int64_t example = indices_[static_cast<size_t>(row.index / options_.passes)];
      throw NumericalError(concat("example ", example, ", pass ", row.index % options_.passes, ": the loss is ", value),
                           example);
    }
    values_[static_cast<size_t>(row.index)] = value;
    if (row.masked.counts.front() > 0 && has_profile_) {
      profile_.add(row.masked.counts.front(), nats_per_token);
    }
    if (is_controlled(options_)) {
      control_.add({row.masked.positions.const_data_ptr<int64_t>(), parts.size()}, parts);
      if (control_.is_complete()) {  // the group ends with this pass
        correct_group(row);
      }
    }
  }

  [[nodiscard]] const std::vector<double>& values() const { return values_; }

  [[nodiscard]] std::vector<ProfileBin> profile() const {
    return has_profile_ ? profile_.bins() : std::vector<ProfileBin>{};
  }

 private:
  void correct_group(const PassRow& last) {
    const auto controlled = control_.take();
    const auto first = static_cast<size_t>(last.index) + 1 - controlled.size();
    for (size_t pass = 0; pass < controlled.size(); ++pass) {
      values_[first + pass] = last.scale * controlled[pass];
    }
  }

  const EvaluationOptions& options_;
  std::span<const int64_t> indices_;
  std::vector<double> values_;  // nats, [examples * passes]
  Profile profile_;
  bool has_profile_;
  ControlVariate control_;
};

}  // namespace

void check_options(const EvaluationOptions& o) {
  check_options(o.schedule);
  check_option({"first_time"}, o.first_time, kFirstTimes);
  check_option({"passes"}, o.passes, EvaluationRanges::kPasses);
  check_option({"replicates"}, o.replicates, EvaluationRanges::kReplicates);
  check_option({"limit"}, o.limit, EvaluationRanges::kLimit);
  check_option({"batch_size"}, o.batch_size, EvaluationRanges::kBatchSize);
  check_option({"rows_per_call"}, o.rows_per_call, EvaluationRanges::kRowsPerCall);
  check_option({"control"}, o.control, EvaluationRanges::kControl);
  require<InvalidOption>(o.passes % o.replicates == 0, Field{"passes"}, " is ", o.passes, ", want a multiple of ",
                         Field{"replicates"}, ", which is ", o.replicates);
}

EvaluationReport evaluate(Denoiser& denoiser, const Dataset& dataset, const EvaluationOptions& options,
                          const Compute& compute, const EvaluationProgress& progress) {
  check_options(options);
  return evaluate(denoiser, dataset, part_of_split(dataset, options.limit), options, compute, progress);
}

EvaluationReport evaluate(Denoiser& denoiser, const Dataset& dataset, std::span<const int64_t> indices,
                          const EvaluationOptions& options, const Compute& compute,
                          const EvaluationProgress& progress) {
  check_options(options);
  check_dataset(denoiser.options(), dataset);
  check_indices(indices);
  const EvaluationMode evaluation_mode(denoiser);
  const ScopedPrecision scoped_precision(compute);
  const int64_t length = denoiser.options().shape.length();
  const Bound bound = bound_of(denoiser, options);
  PassValues values(indices, length, options, !bound.schedule().is_by_value());
  const auto take = [&](const PassRow& row, double nats_per_token, auto parts) {
    values.take(row, nats_per_token, parts);
  };
  run_passes(denoiser, dataset, indices, options, compute, bound, take, progress);
  const auto statistics = pass_statistics(values.values(), options.passes, options.replicates);

  EvaluationReport report = report_of(statistics, dataset, indices, denoiser.options());
  report.passes = options.passes;
  report.replicates = options.replicates;
  report.estimator = estimator_name(bound, options);
  report.control = is_controlled(options) ? options.control : 0.0;
  report.form = options.form == ObjectiveForm::kCount ? "count" : "time";
  report.limit = options.limit;
  report.seed = options.seed;
  add_mask_noise(report, statistics);
  report.profile = values.profile();
  return report;
}

}  // namespace veil
