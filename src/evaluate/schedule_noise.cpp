#include "evaluate/schedule_noise.h"

#include <algorithm>
#include <cmath>

#include "base/torch.h"
#include "evaluate/batch_passes.h"
#include "evaluate/dataset_check.h"
#include "evaluate/statistics.h"
#include "veil/base/error.h"
#include "veil/data/split_part.h"
#include "veil/nn/evaluation_mode.h"

namespace veil {
namespace {

void check(const Denoiser& denoiser, const Dataset& dataset, const ScheduleNoiseOptions& options) {
  check_dataset(denoiser.options(), dataset);
  require(denoiser.powers() == nullptr, "the network has learned powers, want one schedule for all values");
  require(options.batch_size >= 1, "batch_size: got ", options.batch_size, ", wanted at least 1");
  require(options.batches >= 2, "batches: got ", options.batches, ", wanted at least 2");
  require(options.loss_draws >= 2, "loss_draws: got ", options.loss_draws, ", wanted at least 2");
  require(options.gradient_draws == 0 || options.gradient_draws >= 2, "gradient_draws: got ", options.gradient_draws,
          ", wanted 0, or 2 or more");
  require(options.rows_per_call >= 1, "rows_per_call: got ", options.rows_per_call, ", wanted at least 1");
  require(options.batches * options.batch_size <= dataset.size(), options.batches, " batches of ", options.batch_size,
          " examples are more than the ", dataset.size(), " that there are");
}

// What one arm gave, batch by batch.
struct ArmFigures {
  std::vector<double> means;
  std::vector<double> loss_variances;
  std::vector<double> norms;
  std::vector<double> norm_variances;
  std::vector<double> traces;   // of the covariance of the gradient
  std::vector<double> signals;  // squared length of its mean, without noise
  std::vector<double> cosines;
};

// Sums over the gradients of several draws, from which all figures follow.
class GradientSums {
 public:
  void add(const torch::Tensor& gradient) {
    const double norm = gradient.norm().item<double>();
    norms_.push_back(norm);
    squares_ += norm * norm;
    const auto direction = norm > 0 ? gradient / norm : gradient;
    sum_ = sum_.defined() ? sum_.add_(gradient) : gradient.clone();
    directions_ = directions_.defined() ? directions_.add_(direction) : direction.clone();
  }

  void give(ArmFigures& figures) const {
    const auto draws = static_cast<double>(norms_.size());
    const double squared_mean = (sum_ / draws).square().sum().item<double>();
    const double trace = (squares_ - draws * squared_mean) / (draws - 1);
    const double norm = mean_of(norms_);
    figures.norms.push_back(norm);
    figures.norm_variances.push_back(norm > 0 ? variance_of(norms_) / (norm * norm) : 0);
    figures.traces.push_back(trace);
    figures.signals.push_back(squared_mean - trace / draws);
    figures.cosines.push_back((directions_.square().sum().item<double>() - draws) / (draws * (draws - 1)));
  }

 private:
  std::vector<double> norms_;
  double squares_ = 0;
  torch::Tensor sum_;
  torch::Tensor directions_;  // sum of the gradients at length 1
};

class Measurement {
 public:
  Measurement(Denoiser& denoiser, const Dataset& dataset, const std::vector<NoiseArm>& arms,
              const ScheduleNoiseOptions& options, const Compute& compute, const EvaluationProgress& progress)
      : denoiser_(denoiser),
        dataset_(dataset),
        arms_(arms),
        options_(options),
        compute_(compute),
        progress_(progress) {}

  // All arms of a batch before the next batch.
  [[nodiscard]] std::vector<ArmFigures> run() {
    std::vector<ArmFigures> figures(arms_.size());
    const auto scored = part_of_split(dataset_, options_.batches * options_.batch_size);
    for (int64_t batch = 0; batch < options_.batches; ++batch) {
      const auto indices = dealt_to(batch, options_.batches, scored);
      for (size_t arm = 0; arm < arms_.size(); ++arm) {
        const BatchPasses draws(denoiser_, arms_[arm].objective,
                                {options_.batch_size, options_.rows_per_call, options_.seed}, compute_.device);
        const auto parts = draws.parts_of(dataset_, indices);
        measure_losses(draws, parts, batch, figures[arm]);
        measure_gradients(draws, parts, batch, figures[arm]);
      }
    }
    return figures;
  }

 private:
  void measure_losses(const BatchPasses& draws, const std::vector<TokenBatch>& parts, int64_t batch,
                      ArmFigures& figures) {
    const torch::NoGradGuard no_grad;
    std::vector<double> bits;
    for (int64_t draw = 0; draw < options_.loss_draws; ++draw) {
      bits.push_back(draws.bits(parts, batch * options_.loss_draws + draw));
      advance(1);
    }
    figures.means.push_back(mean_of(bits));
    figures.loss_variances.push_back(variance_of(bits) * static_cast<double>(options_.batch_size));
  }

  void measure_gradients(const BatchPasses& draws, const std::vector<TokenBatch>& parts, int64_t batch,
                         ArmFigures& figures) {
    if (options_.gradient_draws == 0) {
      return;
    }
    const torch::AutoGradMode gradients(true);
    GradientSums sums;
    for (int64_t draw = 0; draw < options_.gradient_draws; ++draw) {
      sums.add(draws.gradient(parts, batch * options_.loss_draws + draw));
      advance(kGradientCost);
    }
    sums.give(figures);
  }

  void advance(int64_t work) {
    done_ += work;
    if (progress_) {
      progress_(done_,
                std::ssize(arms_) * options_.batches * (options_.loss_draws + kGradientCost * options_.gradient_draws));
    }
  }

  static constexpr int64_t kGradientCost = 3;  // forward passes that a gradient is worth

  Denoiser& denoiser_;
  const Dataset& dataset_;
  const std::vector<NoiseArm>& arms_;
  const ScheduleNoiseOptions& options_;
  const Compute& compute_;
  const EvaluationProgress& progress_;
  int64_t done_ = 0;
};

SpreadFigure spread(const std::vector<double>& values) {
  if (values.empty()) {
    return {.value = NAN, .half_width = NAN};
  }
  return {.value = mean_of(values), .half_width = student_quantile(std::ssize(values) - 1) * error_of_mean(values)};
}

SpreadFigure ratio(const std::vector<double>& above, const std::vector<double>& below) {
  if (above.empty() || !(mean_of(below) > 0)) {
    return {.value = NAN, .half_width = NAN};
  }
  const auto found = ratio_of_means(above, below);
  return {.value = found.value, .half_width = student_quantile(std::ssize(above) - 1) * found.standard_error};
}

}  // namespace

std::vector<ScheduleNoise> schedule_noise(Denoiser& denoiser, const Dataset& dataset, const std::vector<NoiseArm>& arms,
                                          const ScheduleNoiseOptions& options, const Compute& compute,
                                          const EvaluationProgress& progress) {
  check(denoiser, dataset, options);
  for (const NoiseArm& arm : arms) {
    check_options(arm.objective);
  }
  const EvaluationMode evaluation_mode(denoiser);
  const ScopedPrecision scoped_precision(compute);
  const auto found = Measurement(denoiser, dataset, arms, options, compute, progress).run();
  std::vector<ScheduleNoise> noise;
  for (size_t i = 0; i < arms.size(); ++i) {
    const ArmFigures& arm = found[i];
    noise.push_back({.name = arms[i].name,
                     .bits_per_dim = spread(arm.means),
                     .loss_variance = spread(arm.loss_variances),
                     .loss_ratio = ratio(arm.loss_variances, found.front().loss_variances),
                     .gradient_norm = spread(arm.norms),
                     .norm_variance = spread(arm.norm_variances),
                     .gradient_noise = ratio(arm.traces, arm.signals),
                     .gradient_ratio = ratio(arm.traces, found.front().traces),
                     .direction_cosine = spread(arm.cosines)});
  }
  return noise;
}

}  // namespace veil
