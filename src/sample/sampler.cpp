#include "veil/sample/sampler.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <numbers>
#include <numeric>
#include <optional>
#include <vector>

#include "nn/network_input.h"
#include "sample/categorical.h"
#include "sample/reveal_plan.h"
#include "veil/base/error.h"
#include "veil/base/random.h"
#include "veil/nn/evaluation_mode.h"
#include "veil/nn/token_powers.h"
#include "veil/sample/sample_trace.h"

namespace veil {
namespace {

void check_label(const DenoiserOptions& network, int64_t label) {
  const int64_t labels = network.classes + (network.null_class ? 1 : 0);
  require<InvalidOption>(label >= -1 && label < labels, Field{"label"}, " is ", label, ", want -1 or a class below ",
                         labels, ", the number that the network has");
}

// The samples [first, first + rows), from all masked to none.
class Group {
 public:
  Group(Denoiser& denoiser, const SampleOptions& options, torch::Device device, int64_t first)
      : denoiser_(denoiser),
        options_(options),
        device_(device),
        first_(first),
        rows_(options.rows_per_call),
        length_(denoiser.options().shape.length()),
        vocab_size_(denoiser.options().vocab_size),
        z_(torch::full({rows_, length_}, vocab_size_, torch::kInt64)),
        masked_(rows_, length_) {}

  // Flat positions row * L + i, ascending, that each step reveals.
  [[nodiscard]] std::vector<std::vector<int64_t>> reveals(const RevealPlan& plan) const {
    std::vector<std::vector<int64_t>> reveals(static_cast<size_t>(plan.steps()));
    const NoiseKey key{.seed = options_.seed, .purpose = NoisePurpose::kSamplePosition};
    std::vector<double> uniforms(static_cast<size_t>(length_));
    for (int64_t row = 0; row < rows_; ++row) {
      for (int64_t i = 0; i < length_; ++i) {
        uniforms[i] = uniform(key, row * length_ + i);
      }
      const auto steps = plan.steps_of(uniforms);
      for (int64_t i = 0; i < length_; ++i) {
        reveals[steps[i]].push_back(row * length_ + i);
      }
    }
    return reveals;
  }

  // One step at time t: one network call, then a value for each of `positions`.
  void reveal(double t, int64_t step, const std::vector<int64_t>& positions) {
    const auto size = static_cast<int64_t>(positions.size());
    const auto logits = logits_at(t, step, positions);
    const NoiseKey key{.seed = options_.seed, .purpose = NoisePurpose::kSampleValue};
    const float* rows = logits.const_data_ptr<float>();
    auto* tokens = z_.mutable_data_ptr<int64_t>();
    at::parallel_for(0, size, 64, [&](int64_t begin, int64_t end) {
      for (int64_t m = begin; m < end; ++m) {
        const int64_t flat = positions[m];
        tokens[flat] = draw_categorical(rows + m * vocab_size_, vocab_size_, options_.temperature, uniform(key, flat));
      }
    });
    for (const int64_t flat : positions) {
      --masked_[flat / length_];
    }
  }

  // One step from t to s where values have schedules of their own: one network call for all that is masked; each
  // position stays so or takes a value.
  void reveal_by_value(const TokenSchedule& schedule, double s, double t, int64_t step) {
    const auto positions = masked_positions();
    if (positions.empty()) {
      return;
    }
    const auto logits = logits_at(t, step, positions);
    std::vector<double> unmask(static_cast<size_t>(vocab_size_));
    for (int64_t v = 0; v < vocab_size_; ++v) {
      unmask[static_cast<size_t>(v)] = schedule.unmask_probability(s, t, v);
    }
    const NoiseKey whether{options_.seed, NoisePurpose::kSamplePosition, static_cast<uint64_t>(step)};
    const NoiseKey which{.seed = options_.seed, .purpose = NoisePurpose::kSampleValue};
    const float* rows = logits.const_data_ptr<float>();
    auto* tokens = z_.mutable_data_ptr<int64_t>();
    at::parallel_for(0, static_cast<int64_t>(positions.size()), 16, [&](int64_t begin, int64_t end) {
      for (int64_t m = begin; m < end; ++m) {
        const int64_t flat = positions[m];
        tokens[flat] = draw_jump(rows + m * vocab_size_, unmask.data(), vocab_size_, options_.temperature,
                                 uniform(whether, flat), uniform(which, flat))
                           .value_or(vocab_size_);
      }
    });
  }

  [[nodiscard]] const torch::Tensor& tokens() const { return z_; }

  // SampleMoment::entropies before the step at time t.
  [[nodiscard]] torch::Tensor entropies(double t, int64_t step) const {
    constexpr int64_t kAtOnce = 4096;  // positions, in float64
    auto bits = torch::zeros({rows_, length_}, torch::kFloat64);
    const auto positions = masked_positions();
    if (positions.empty()) {
      return bits;
    }
    std::vector<torch::Tensor> parts;
    for (const auto& some : logits_at(t, step, positions).split(kAtOnce)) {
      const auto log_probabilities = some.to(torch::kFloat64).log_softmax(-1);
      const auto terms = log_probabilities.exp() * log_probabilities;
      parts.push_back(terms.masked_fill(log_probabilities.isinf(), 0.0).sum(-1) / -std::numbers::ln2);
    }
    bits.flatten().index_copy_(0, torch::tensor(positions, torch::kInt64), torch::cat(parts));
    return bits;
  }

 private:
  // The number of `key` that belongs to position flat = row * L + i.
  [[nodiscard]] double uniform(const NoiseKey& key, int64_t flat) const {
    return uniform_double(key, first_ + flat / length_, static_cast<uint32_t>(flat % length_));
  }

  // Logits at `positions` on the host: the one place where sampling waits for the device, for values are drawn in
  // float64.
  [[nodiscard]] torch::Tensor logits_at(double t, int64_t step, const std::vector<int64_t>& positions) const {
    const auto on_device = denoiser_.logits_at(input(t), torch::tensor(positions, torch::kInt64));
    auto logits = on_device.to(torch::kCPU, torch::kFloat32).reshape({-1, vocab_size_}).contiguous();
    // The largest of a row is NaN if one is, and -infinity if all are.
    if (!logits.amax(-1).isfinite().all().item<bool>()) {
      throw NumericalError(
          concat("sampling step ", step, ": the network gave logits that are NaN, infinite, or all -infinite"), step);
    }
    return logits;
  }

  [[nodiscard]] std::vector<int64_t> masked_positions() const {
    std::vector<int64_t> positions;
    const auto* tokens = z_.const_data_ptr<int64_t>();
    for (int64_t flat = 0; flat < rows_ * length_; ++flat) {
      if (tokens[flat] == vocab_size_) {
        positions.push_back(flat);
      }
    }
    return positions;
  }

  // The network is told the time of the step, or how much is masked.
  [[nodiscard]] DenoiserInput input(double t) const {
    const auto& network = denoiser_.options();
    std::vector<double> levels(static_cast<size_t>(rows_), t);
    if (network.condition != Condition::kTime) {
      std::transform(masked_.begin(), masked_.end(), levels.begin(),
                     [&](int64_t count) { return static_cast<double>(count) / static_cast<double>(length_); });
    }
    return network_input(network, z_, levels, labels(), device_);
  }

  [[nodiscard]] std::optional<torch::Tensor> labels() const {
    SampleOptions group = options_;
    group.first = first_;
    group.count = rows_;
    const auto labels = sample_labels(denoiser_.options(), group);
    return labels.defined() ? std::optional(labels) : std::nullopt;
  }

  Denoiser& denoiser_;
  const SampleOptions& options_;
  torch::Device device_;
  int64_t first_;
  int64_t rows_;
  int64_t length_;
  int64_t vocab_size_;
  torch::Tensor z_;              // int64 [rows, L] on the CPU
  std::vector<int64_t> masked_;  // masked positions left in each row
};

}  // namespace

void check_options(const SampleOptions& o) {
  check_options(o.schedule);
  check_option({"count"}, o.count, SampleRanges::kCount);
  check_option({"first"}, o.first, SampleRanges::kFirst);
  check_option({"steps"}, o.steps, SampleRanges::kSteps);
  check_option({"temperature"}, o.temperature, SampleRanges::kTemperature);
  check_option({"rows_per_call"}, o.rows_per_call, SampleRanges::kRowsPerCall);
}

torch::Tensor sample(Denoiser& denoiser, const SampleOptions& options, const Compute& compute,
                     const SampleProgress& progress, const SampleTrace& trace) {
  check_options(options);
  check_label(denoiser.options(), options.label);
  const auto schedule = token_schedule(denoiser, options.schedule);
  const RevealPlan plan(denoiser.options().shape.length(), schedule, options);
  const EvaluationMode evaluation_mode(denoiser);
  const ScopedPrecision scoped_precision(compute);
  const int64_t rows = options.rows_per_call;
  const int64_t first_group = options.first / rows;
  const int64_t groups = (options.first + options.count - 1) / rows - first_group + 1;
  std::vector<torch::Tensor> tokens;
  for (int64_t g = 0; g < groups; ++g) {
    Group group(denoiser, options, compute.device, (first_group + g) * rows);
    const auto watch = [&](int64_t done) {
      if (trace) {
        const int64_t next = std::min(done, plan.steps() - 1);  // after the last step nothing is masked
        trace({.first = (first_group + g) * rows, .steps_done = done, .tokens = group.tokens(), .entropies = [&] {
                 return group.entropies(plan.time(next), next);
               }});
      }
    };
    watch(0);
    const auto reveals = schedule.is_by_value() ? std::vector<std::vector<int64_t>>{} : group.reveals(plan);
    for (int64_t step = 0; step < plan.steps(); ++step) {
      if (schedule.is_by_value()) {
        group.reveal_by_value(schedule, plan.time(step + 1), plan.time(step), step);
      } else if (!reveals[step].empty()) {
        group.reveal(plan.time(step), step, reveals[step]);
      }
      watch(step + 1);
      if (progress) {
        progress(g * plan.steps() + step + 1, groups * plan.steps());
      }
    }
    tokens.push_back(group.tokens());
  }
  return torch::cat(tokens).narrow(0, options.first - first_group * rows, options.count).clone();
}

torch::Tensor sample(Denoiser& denoiser, const SampleOptions& options, const Compute& compute,
                     const SampleProgress& progress) {
  return sample(denoiser, options, compute, progress, {});
}

torch::Tensor sample_labels(const DenoiserOptions& network, const SampleOptions& options) {
  if (network.classes == 0) {
    return {};
  }
  return options.label >= 0 ? torch::full({options.count}, options.label, torch::kInt64)
                            : torch::arange(options.first, options.first + options.count).remainder(network.classes);
}

}  // namespace veil
