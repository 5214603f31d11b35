#include "selfcheck/training_gate.h"

#include "selfcheck/example_statistics.h"
#include "toys/chain_toys.h"
#include "toys/toy_dataset.h"
#include "veil/base/error.h"
#include "veil/data/batch_stream.h"
#include "veil/nn/layers/initialization.h"
#include "veil/nn/make_denoiser.h"

namespace veil {
namespace {

TrainState train_on(const Toy& toy, const TrainingPlan& plan, const TrainingProgress& progress) {
  const auto dataset = toy_dataset(draw_tokens(toy, plan.train_examples, 1), toy);
  BatchStream stream(dataset, {.batch_size = plan.batch_size, .seed = 1, .prefetch = 0});
  auto network = make_denoiser(plan.network);
  initialize(*network, 1);
  auto state = make_train_state(network, plan.optimizer, plan.steps);
  const StepSettings settings{.objective = {}, .seed = 1};
  while (state.step < plan.steps) {
    train_step(state, stream.next(), settings);
    if (progress) {
      progress(state.step, plan.steps);
    }
  }
  return state;
}

}  // namespace

std::unique_ptr<Toy> training_toy() { return std::make_unique<MarkovToy>(64, 16, discretised_ou(16, 0.9)); }

TrainingPlan training_plan(const Toy& toy) {
  TrainingPlan plan;
  plan.network.network = NetworkKind::kTransformer;
  plan.network.shape = toy.shape();
  plan.network.vocab_size = toy.vocab_size();
  plan.network.width = 32;
  plan.network.layers = 3;
  plan.network.dropout = 0.0;
  plan.network.transformer.heads = 3;
  plan.optimizer.learning_rate = 2e-3;
  plan.optimizer.weight_decay = 0.0;
  plan.optimizer.clip_norm = 1.0;
  plan.optimizer.ema_decay = 0.99;
  plan.steps = 1200;
  return plan;
}

std::vector<GateRow> training_gate(const Toy& toy, const TrainingPlan& plan, const WeightsChoice& weights,
                                   const TrainingProgress& progress) {
  auto state = train_on(toy, plan, progress);
  const auto tokens = draw_tokens(toy, plan.test_examples, 2);
  const auto report = evaluate(weights(state), toy_dataset(tokens, toy), {.passes = 8});
  auto lengths = code_lengths(toy, tokens);
  for (double& length : lengths) {
    length = bits_per_dim(length, toy.length());
  }
  const auto excess = mean_estimate(differences(1, report.example_bits, lengths));
  GateRow row = within("G4",
                       concat(toy.name(), " of ", toy.length(), ", trained ", plan.steps,
                              " steps: bits a token above the entropy, +- ", excess.standard_error),
                       plan.allowed_excess / 2, excess.value, plan.allowed_excess / 2);
  row.passed =
      excess.value >= -3 * excess.standard_error && excess.value + 2 * excess.standard_error <= plan.allowed_excess;
  return {row};
}

}  // namespace veil
