#include "veil/evaluate/evaluator.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "evaluate/control_variate.h"
#include "evaluate/dataset_check.h"
#include "evaluate/pass_queue.h"
#include "evaluate/profile.h"
#include "evaluate/scored_report.h"
#include "evaluate/statistics.h"
#include "objective/bound.h"
#include "objective/value_schedule.h"
#include "veil/base/error.h"
#include "veil/base/random.h"
#include "veil/nn/evaluation_mode.h"
#include "veil/nn/token_powers.h"

namespace veil {
namespace {

// Of values with schedules of their own the ends are exact here, whatever clip a model was trained with.
BoundOptions bound_options(const Denoiser& denoiser, const EvaluationOptions& options) {
  BoundOptions bound{.form = options.form, .schedule = options.schedule, .first_time = options.first_time};
  if (denoiser.powers() != nullptr) {
    bound.schedule.clip = 0.0;
  }
  return bound;
}

// Makes the passes of one example after the other.
class PassMaker {
 public:
  PassMaker(const Denoiser& denoiser, const EvaluationOptions& options, const Bound& bound)
      : options_(options), bound_(bound), ends_(bound.ends()) {
    if (bound.schedule().is_by_value()) {
      const auto values = torch::arange(denoiser.options().vocab_size).unsqueeze(1);  // as examples of one token
      const auto powers = denoiser.powers()->values().detach().to(torch::kCPU, torch::kFloat64);
      reconstruction_ = value_reconstruction(values, powers, options.first_time, /*clip=*/0.0);
    }
  }

  // Pass `pass` of example `row` of `batch`; its index is left to the caller.
  [[nodiscard]] PassRow make(const TokenBatch& batch, int64_t row, int64_t pass) const {
    const auto id = batch.example_ids.narrow(0, row, 1).contiguous();
    PassRow made;
    made.x0 = batch.tokens.narrow(0, row, 1).contiguous();
    made.label = batch.labels ? batch.labels->const_data_ptr<int64_t>()[row] : 0;
    const double level = level_of(id.const_data_ptr<int64_t>()[0], pass);
    auto one = bound_.pass(made.x0, id, std::span(&level, 1),
                           {options_.seed, NoisePurpose::kEvaluationMask, static_cast<uint64_t>(pass)});
    made.masked = std::move(one.masked);
    made.level = one.levels.front();
    made.scale = one.scales.front();
    made.constant = constant_of(made.x0);
    return made;
  }

 private:
  // Count form: stratified within the replicate; time form: one offset for all its passes.
  [[nodiscard]] double level_of(int64_t id, int64_t pass) const {
    const int64_t size = options_.passes / options_.replicates;
    const NoiseKey key{options_.seed, NoisePurpose::kEvaluationLevel, static_cast<uint64_t>(pass / size)};
    return options_.form == ObjectiveForm::kCount ? stratified_level(key, id, pass % size, size)
                                                  : shifted_level(key, id, pass % size, size);
  }

  [[nodiscard]] double constant_of(const torch::Tensor& x0) const {
    const double reconstruction = bound_.schedule().is_by_value()
                                      ? reconstruction_.index_select(0, x0.flatten()).sum().item<double>()
                                      : ends_.reconstruction;
    return reconstruction + ends_.prior;
  }

  const EvaluationOptions& options_;
  const Bound& bound_;
  Ends ends_;
  torch::Tensor reconstruction_;  // schedules by value: float64 [V], nats of a token of each value
};

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
  PassValues(int64_t examples, int64_t length, const EvaluationOptions& options, bool has_profile)
      : options_(options),
        values_(static_cast<size_t>(examples * options.passes)),
        profile_(length),
        has_profile_(has_profile),
        control_(length, options.passes / options.replicates, options.control) {}

  void take(const PassRow& row, double nats_per_token, std::span<const double> parts) {
    const double value = row.scale * nats_per_token + row.constant;
    if (!std::isfinite(value)) {
      const int64_t example = row.index / options_.passes;
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
  std::vector<double> values_;  // nats, [examples * passes]
  Profile profile_;
  bool has_profile_;
  ControlVariate control_;
};

// Runs every pass over every example that is scored.
void run_passes(Denoiser& denoiser, const Dataset& dataset, const EvaluationOptions& options, const Compute& compute,
                const Bound& bound, PassValues& values, const EvaluationProgress& progress) {
  const int64_t examples = scored_examples(dataset, options);
  PassQueue queue(
      denoiser, options.rows_per_call, compute.device,
      [&](const PassRow& row, double nats_per_token, auto parts) { values.take(row, nats_per_token, parts); });
  const PassMaker maker(denoiser, options, bound);
  for_each_scored_batch(dataset, options, [&](const TokenBatch& batch, int64_t first) {
    for (int64_t i = 0; i < batch.size() * options.passes; ++i) {
      PassRow row = maker.make(batch, i / options.passes, i % options.passes);
      row.index = first * options.passes + i;
      queue.add(std::move(row));
    }
    if (progress) {
      progress(first + batch.size(), examples);
    }
  });
  queue.flush();
}

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
  check_dataset(denoiser.options(), dataset);
  const EvaluationMode evaluation_mode(denoiser);
  const ScopedPrecision scoped_precision(compute);
  const int64_t length = denoiser.options().shape.length();
  const Bound bound(denoiser, bound_options(denoiser, options));
  PassValues values(scored_examples(dataset, options), length, options, !bound.schedule().is_by_value());
  run_passes(denoiser, dataset, options, compute, bound, values, progress);
  const auto statistics = pass_statistics(values.values(), options.passes, options.replicates);

  EvaluationReport report = report_of(statistics, dataset, denoiser.options());
  report.passes = options.passes;
  report.replicates = options.replicates;
  report.estimator = estimator_name(bound, options);
  report.control = is_controlled(options) ? options.control : 0.0;
  report.seed = options.seed;
  report.mask_standard_error = bits_per_dim(statistics.mask_standard_error, length);
  for (const double nats : statistics.mask_variances) {
    report.example_mask_variances.push_back(bits_per_dim(bits_per_dim(nats, length), length));
  }
  report.profile = values.profile();
  return report;
}

}  // namespace veil
