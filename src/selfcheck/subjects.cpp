#include "selfcheck/subjects.h"

#include <cmath>
#include <utility>

#include "base/torch.h"
#include "sample/categorical.h"
#include "toys/toy_dataset.h"
#include "veil/base/error.h"
#include "veil/diffusion/time_grid.h"
#include "veil/evaluate/exact_order.h"
#include "veil/nn/token_powers.h"
#include "veil/objective/discrete_time.h"

namespace veil {
namespace {

NamedBound continuous(std::string name, const ObjectiveOptions& options) {
  return {std::move(name), [options](Denoiser& denoiser, const TokenBatch& batch, const NoiseContext& noise) {
            const torch::NoGradGuard no_gradients;
            return continuous_time_loss(denoiser, batch, options, noise, torch::kCPU).total();
          }};
}

NamedBound in_time(const std::string& schedule, double clip = 0.0) {
  ObjectiveOptions options{.form = ObjectiveForm::kTime, .schedule = parse_schedule(schedule)};
  options.schedule.clip = clip;
  return continuous(clip > 0 ? concat("time form, ", schedule, ", clip ", clip) : concat("time form, ", schedule),
                    options);
}

NamedBound in_steps(int64_t steps) {
  DiscreteTimeOptions options;
  options.times = time_grid(TimeGridKind::kUniform, steps);
  return {concat(steps, " steps"), [options](Denoiser& denoiser, const TokenBatch& batch, const NoiseContext& noise) {
            const torch::NoGradGuard no_gradients;
            return discrete_time_loss(denoiser, batch, options, noise, torch::kCPU).total();
          }};
}

DenoiserOptions powered(DenoiserOptions options) {
  options.condition = Condition::kTime;
  options.powers = Powers::kFree;
  return options;
}

// A network given powers from 1/2 to 2, which it heeds as little as the time: a bound it must be all the same.
class WithPowers : public Denoiser {
 public:
  explicit WithPowers(Denoiser& network) : Denoiser(powered(network.options())), network_(network) {
    const torch::NoGradGuard no_gradients;
    auto raw = powers()->parameters().front();
    raw.copy_(torch::linspace(-std::log(2.0), std::log(2.0), raw.numel()));
  }

  [[nodiscard]] torch::Tensor logits(const DenoiserInput& input) override { return network_.logits(input); }

 private:
  Denoiser& network_;
};

NamedBound by_values() {
  return {"schedules by value", [](Denoiser& denoiser, const TokenBatch& batch, const NoiseContext& noise) {
            const torch::NoGradGuard no_gradients;
            WithPowers network(denoiser);
            return continuous_time_loss(network, batch, {.form = ObjectiveForm::kTime, .schedule = {}}, noise,
                                        torch::kCPU)
                .total();
          }};
}

// A figure of whole data sets as one of a batch: the batch becomes the data set, the step the seed.
NamedBound by_data_set(std::string name, const Evaluation& measure) {
  return {std::move(name), [measure](Denoiser& denoiser, const TokenBatch& batch, const NoiseContext& noise) {
            const auto& network = denoiser.options();
            const TensorDataset dataset(
                {.name = "toy", .split = "test", .shape = network.shape, .vocab_size = network.vocab_size},
                batch.tokens.to(torch::kUInt8));
            const EvaluationOptions options{.passes = 4, .seed = static_cast<uint64_t>(noise.step)};
            const EvaluationReport report = measure(denoiser, dataset, options);
            return torch::tensor(report.example_bits, torch::kFloat64) / bits_per_dim(1.0, network.shape.length());
          }};
}

EvaluationReport evaluate_on_cpu(Denoiser& denoiser, const Dataset& dataset, const EvaluationOptions& options) {
  return evaluate(denoiser, dataset, options);
}

std::vector<NamedBound> own_bounds() {
  const auto time_form = [](Denoiser& denoiser, const Dataset& dataset, EvaluationOptions options) {
    options.form = ObjectiveForm::kTime;
    return evaluate_on_cpu(denoiser, dataset, options);
  };
  const auto exact_order = [](Denoiser& denoiser, const Dataset& dataset, const EvaluationOptions& options) {
    const RevealOptions order{.order = RevealOrder::kBitReversed, .groups = 4};
    return exact_order_likelihood(denoiser, dataset, order, options);
  };
  return {continuous("count form", {.form = ObjectiveForm::kCount, .schedule = {}}),
          in_time("linear"),
          in_time("cosine"),
          in_time("poly3"),
          in_time("linear", 1e-4),
          in_steps(8),
          by_values(),
          by_data_set("evaluate, count form", evaluate_on_cpu),
          by_data_set("evaluate, time form", time_form),
          by_data_set("exact order", exact_order)};
}

}  // namespace

Subjects own_subjects() {
  return {.masked_loss =
              [](Denoiser& denoiser, const TokenBatch& batch, const MaskedTokens& masked) {
                const torch::NoGradGuard no_gradients;
                return count_form_loss(denoiser, batch, masked, MaskSchedule(), torch::kCPU).total();
              },
          .bounds = own_bounds(),
          .evaluation = evaluate_on_cpu,
          .sampling = [](Denoiser& denoiser, const SampleOptions& options) { return sample(denoiser, options); },
          .draw =
              [](std::span<const float> logits, double, const NoiseKey& key, uint32_t index) {
                return draw_categorical(logits.data(), static_cast<int64_t>(logits.size()), 1.0,
                                        uniform_double(key, 0, index));
              },
          .weights = [](TrainState& state) -> Denoiser& { return *state.average; }};
}

}  // namespace veil
