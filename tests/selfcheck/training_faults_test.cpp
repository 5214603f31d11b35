// The raw weights measured in place of their moving average.
#include <gtest/gtest.h>

#include "selfcheck/training_gate.h"
#include "toys/chain_toys.h"

namespace veil {
namespace {

// A run that ends at a high rate, so that the last weights jump about the best ones, which their average is near to.
TrainingPlan restless_plan(const Toy& toy) {
  TrainingPlan plan;
  plan.network.network = NetworkKind::kUNet;
  plan.network.shape = toy.shape();
  plan.network.vocab_size = toy.vocab_size();
  plan.network.width = 32;
  plan.network.layers = 1;
  plan.network.dropout = 0.0;
  plan.optimizer.learning_rate = 1e-2;
  plan.optimizer.decay = LearningRateDecay::kConstant;
  plan.optimizer.ema_decay = 0.98;
  plan.steps = 300;
  plan.train_examples = 20'000;
  plan.test_examples = 500;
  plan.allowed_excess = 0.05;
  return plan;
}

TEST(TrainingFaultsTest, AverageIgnoredFailsG4) {
  const MarkovToy toy(8, 4, sticky_transitions(4, 0.7));
  const auto plan = restless_plan(toy);
  const auto average = training_gate(toy, plan, own_subjects().weights);
  const auto raw = training_gate(toy, plan, [](TrainState& state) -> Denoiser& { return *state.denoiser; });
  RecordProperty("average", std::to_string(average.front().measured));
  RecordProperty("raw", std::to_string(raw.front().measured));
  EXPECT_TRUE(passed(average, "G4")) << average.front().measured;
  EXPECT_FALSE(passed(raw, "G4")) << raw.front().measured;
}

}  // namespace
}  // namespace veil
