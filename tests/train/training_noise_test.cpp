#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "base/torch.h"
#include "support/speaking_network.h"
#include "veil/train/trainer.h"

namespace veil {
namespace {

// Losses of steps that leave the weights as they are. An example is one token, always masked: masks add no noise.
std::vector<float> losses_of_still_network(double dropout) {
  const DenoiserOptions options{
      .network = NetworkKind::kUViT,
      .shape = {1, 1, 1},
      .vocab_size = 16,
      .width = 64,
      .layers = 1,
      .dropout = dropout,
      .uvit = {.width_multipliers = {1}, .dit_layers = 1, .dit_patch = 1, .dit_width = 16, .dit_heads = 2}};
  auto state = make_train_state(test::speaking(options, 0.1), {.learning_rate = 1e-30, .warmup_steps = 0}, 4);
  const auto before = state.optimizer.parameters().values().clone();
  const TokenBatch batch{.tokens = torch::arange(8).view({8, 1}), .labels = {}, .example_ids = torch::arange(8)};
  std::vector<float> losses;
  for (int step = 0; step < 4; ++step) {
    losses.push_back(train_step(state, batch, {.objective = {}, .seed = 1}).bits_per_dim.item<float>());
  }
  EXPECT_TRUE(state.optimizer.parameters().values().equal(before));
  return losses;
}

TEST(TrainingNoiseTest, EveryStepDropsOtherActivations) {
  const auto dropped = losses_of_still_network(0.3);
  EXPECT_EQ(std::set<float>(dropped.begin(), dropped.end()).size(), 4U);
  const auto whole = losses_of_still_network(0.0);
  EXPECT_EQ(std::set<float>(whole.begin(), whole.end()).size(), 1U);
}

}  // namespace
}  // namespace veil
