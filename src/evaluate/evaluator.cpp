#include "veil/evaluate/evaluator.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "evaluate/control_variate.h"
#include "evaluate/dataset_check.h"
#include "evaluate/pass_queue.h"
#include "evaluate/profile.h"
#include "evaluate/scored_report.h"
#include "evaluate/statistics.h"
#include "objective/value_schedule.h"
#include "veil/base/error.h"
#include "veil/base/random.h"
#include "veil/diffusion/power_schedule.h"
#include "veil/nn/evaluation_mode.h"
#include "veil/nn/token_powers.h"

namespace veil {
namespace {

void check(const DenoiserOptions& network, const Dataset& dataset, const EvaluationOptions& options) {
  check_dataset(network, dataset, options);
  require(options.replicates >= 2, "evaluate.replicates: got ", options.replicates, ", wanted at least 2");
  require(options.passes >= options.replicates && options.passes % options.replicates == 0, "evaluate.passes: got ",
          options.passes, ", wanted a multiple of evaluate.replicates, which is ", options.replicates);
  require(network.powers == Powers::kNone || options.form == ObjectiveForm::kTime,
          "evaluate.form is count, but the network has learned powers: values with schedules of their own need time");
  require(options.control >= 0 && options.control <= 1, "evaluate.control: got ", options.control,
          ", wanted a number in [0, 1]");
  require(options.first_time > 0 && options.first_time < 1, "evaluate.first_time: got ", options.first_time,
          ", wanted a number in (0, 1)");
}

// Nats of reconstruction and prior: what a schedule without exact ends leaves out of the integral.
double constant_terms(const DenoiserOptions& network, const EvaluationOptions& options) {
  if (options.form == ObjectiveForm::kCount) {
    return 0.0;
  }
  const MaskSchedule schedule(options.schedule);
  return (schedule.masked_fraction(0) + schedule.alpha(1)) * static_cast<double>(network.shape.length()) *
         std::log(static_cast<double>(network.vocab_size));
}

// Makes the passes of one example after the other.
class PassMaker {
 public:
  PassMaker(const Denoiser& denoiser, const EvaluationOptions& options)
      : options_(options),
        schedule_(options.schedule),
        powers_(power_schedule(denoiser)),
        mask_id_(denoiser.options().vocab_size),
        constant_(constant_terms(denoiser.options(), options)) {
    if (powers_) {
      const auto values = torch::arange(mask_id_).unsqueeze(1);  // as examples of one token
      reconstruction_ = value_reconstruction(values, torch::tensor(powers_->powers(), torch::kFloat64),
                                             options.first_time, /*clip=*/0.0);
    }
  }

  // Pass `pass` of example `row` of `batch`; its index is left to the caller.
  [[nodiscard]] PassRow make(const TokenBatch& batch, int64_t row, int64_t pass) const {
    PassRow made;
    made.x0 = batch.tokens.narrow(0, row, 1).contiguous();
    made.label = batch.labels ? batch.labels->const_data_ptr<int64_t>()[row] : 0;
    const auto id = batch.example_ids.narrow(0, row, 1).contiguous();
    const NoiseKey mask_key{options_.seed, NoisePurpose::kEvaluationMask, static_cast<uint64_t>(pass)};
    const int64_t length = made.x0.size(1);
    if (options_.form == ObjectiveForm::kCount) {
      const int64_t count = count_of(id.const_data_ptr<int64_t>()[0], length, pass);
      made.masked = mask_by_count(made.x0, std::span(&count, 1), id, mask_id_, mask_key);
      made.scale = static_cast<double>(length);
      return made;
    }
    made.time = time_of(id.const_data_ptr<int64_t>()[0], pass);
    if (powers_) {
      return make_by_powers(std::move(made), id, mask_key);
    }
    made.constant = constant_;
    const double fraction = schedule_.masked_fraction(made.time);
    made.masked = mask_by_fraction(made.x0, std::span(&fraction, 1), id, mask_id_, mask_key);
    const auto count = static_cast<double>(made.masked.counts.front());
    made.scale = count > 0 ? -schedule_.loss_weight(made.time) * count : 0.0;
    return made;
  }

 private:
  [[nodiscard]] PassRow make_by_powers(PassRow made, const torch::Tensor& id, const NoiseKey& mask_key) const {
    const double range = 1 - options_.first_time;
    made.time = options_.first_time + range * made.time;
    made.masked = mask_by_powers(made.x0, std::span(&made.time, 1), *powers_, id, mask_key);
    made.scale = range / made.time * static_cast<double>(made.masked.counts.front());
    made.constant = reconstruction_.index_select(0, made.x0.flatten()).sum().item<double>();
    return made;
  }

  [[nodiscard]] int64_t per_replicate() const { return options_.passes / options_.replicates; }

  [[nodiscard]] NoiseKey level_key(int64_t pass) const {
    return {options_.seed, NoisePurpose::kEvaluationLevel, static_cast<uint64_t>(pass / per_replicate())};
  }

  [[nodiscard]] int64_t count_of(int64_t id, int64_t length, int64_t pass) const {
    return stratified_counts(level_key(pass), id, length, per_replicate())[pass % per_replicate()];
  }

  [[nodiscard]] double time_of(int64_t id, int64_t pass) const {
    const double u = uniform_double(level_key(pass), static_cast<uint64_t>(id));
    const double t = u + static_cast<double>(pass % per_replicate()) / static_cast<double>(per_replicate());
    return t - std::floor(t);
  }

  const EvaluationOptions& options_;
  MaskSchedule schedule_;
  std::optional<PowerSchedule> powers_;
  int64_t mask_id_;
  double constant_;
  torch::Tensor reconstruction_;  // float64 [V] with powers: nats of a token of each value
};

// A replicate of one pass has no others to learn from.
bool is_controlled(const EvaluationOptions& options) {
  return options.form == ObjectiveForm::kCount && options.control > 0 && options.passes > options.replicates;
}

std::string estimator_name(const Denoiser& denoiser, const EvaluationOptions& options) {
  if (denoiser.powers() != nullptr) {
    return "powers-time-stratified";
  }
  return is_controlled(options)                  ? "count-controlled"
         : options.form == ObjectiveForm::kCount ? "count-stratified"
                                                 : "time-stratified";
}

// The value of every pass in nats, [examples * passes]; fills the profile.
std::vector<double> pass_values(Denoiser& denoiser, const Dataset& dataset, const EvaluationOptions& options,
                                torch::Device device, Profile& profile, const EvaluationProgress& progress) {
  const int64_t examples = scored_examples(dataset, options);
  std::vector<double> values(static_cast<size_t>(examples * options.passes));
  const int64_t group = options.passes / options.replicates;
  ControlVariate control(denoiser.options().shape.length(), group, options.control);
  PassQueue queue(denoiser, options, device, [&](const PassRow& row, double nats_per_token, auto parts) {
    const double value = row.scale * nats_per_token + row.constant;
    if (!std::isfinite(value)) {
      const int64_t example = row.index / options.passes;
      throw NumericalError(concat("example ", example, ", pass ", row.index % options.passes, ": the loss is ", value),
                           example);
    }
    values[static_cast<size_t>(row.index)] = value;
    if (row.masked.counts.front() > 0 && denoiser.powers() == nullptr) {
      profile.add(row.masked.counts.front(), nats_per_token);
    }
    if (is_controlled(options)) {
      control.add({row.masked.positions.const_data_ptr<int64_t>(), parts.size()}, parts);
      if (control.is_complete()) {  // the group ends with this pass
        const auto controlled = control.take();
        for (int64_t pass = 0; pass < group; ++pass) {
          values[static_cast<size_t>(row.index - group + 1 + pass)] = row.scale * controlled[static_cast<size_t>(pass)];
        }
      }
    }
  });
  const PassMaker maker(denoiser, options);
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
  return values;
}

}  // namespace

EvaluationReport evaluate(Denoiser& denoiser, const Dataset& dataset, const EvaluationOptions& options,
                          torch::Device device, Precision precision, const EvaluationProgress& progress) {
  check(denoiser.options(), dataset, options);
  const EvaluationMode evaluation_mode(denoiser);
  const ScopedPrecision scoped_precision(precision, device);
  const int64_t length = denoiser.options().shape.length();
  Profile profile(length);
  const auto values = pass_values(denoiser, dataset, options, device, profile, progress);
  const auto statistics = pass_statistics(values, options.passes, options.replicates);

  EvaluationReport report = report_of(statistics, dataset, denoiser.options());
  report.passes = options.passes;
  report.replicates = options.replicates;
  report.estimator = estimator_name(denoiser, options);
  report.control = is_controlled(options) ? options.control : 0.0;
  report.seed = options.seed;
  report.mask_standard_error = bits_per_dim(statistics.mask_standard_error, length);
  for (const double nats : statistics.mask_variances) {
    report.example_mask_variances.push_back(bits_per_dim(bits_per_dim(nats, length), length));
  }
  if (denoiser.powers() == nullptr) {
    report.profile = profile.bins();
  }
  return report;
}

}  // namespace veil
