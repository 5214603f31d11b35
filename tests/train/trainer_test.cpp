#include "veil/train/trainer.h"

#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <memory>
#include <numeric>
#include <string>

#include "support/carried_state.h"
#include "veil/base/error.h"
#include "veil/evaluate/evaluator.h"
#include "veil/nn/layers/initialization.h"
#include "veil/nn/make_denoiser.h"

namespace veil {
namespace {

DenoiserOptions tiny_network() {
  return {.network = NetworkKind::kUViT,
          .shape = {4, 4, 1},
          .vocab_size = 16,
          .width = 32,
          .layers = 1,
          .dropout = 0.1,
          .head = Head::kLogisticPrior,
          .value_channels = true,
          .uvit = {.width_multipliers = {1}, .dit_layers = 1, .dit_width = 16, .dit_heads = 2}};
}

TensorDataset tiny_data() {
  auto tokens = torch::arange(40 * 16).remainder(16).to(torch::kUInt8).view({40, 16});
  return {DatasetInfo{.name = "tiny", .split = "train", .shape = {4, 4, 1}, .vocab_size = 16}, tokens};
}

constexpr int64_t kSteps = 12;

TrainState fresh_state(WeightDecayOf decayed = WeightDecayOf::kAll) {
  auto network = make_denoiser(tiny_network());
  initialize(*network, 3);
  OptimizerOptions optimizer;
  optimizer.learning_rate = 1e-2;
  optimizer.warmup_steps = 2;
  optimizer.ema_decay = 0.9;
  optimizer.decayed = decayed;
  return make_train_state(network, optimizer, kSteps);
}

torch::Tensor run(TrainState& state, int64_t until, int64_t micro = 0) {
  const auto data = tiny_data();
  BatchStream stream(data, {.batch_size = 8, .seed = 1});
  std::vector<torch::Tensor> losses;
  struct Keep : TrainObserver {
    explicit Keep(std::vector<torch::Tensor>& to) : losses(to) {}
    bool on_step(TrainState& /*state*/, const StepReport& report) override {
      losses.push_back(report.bits_per_dim);
      return true;
    }
    std::vector<torch::Tensor>& losses;
  } keep(losses);
  EXPECT_TRUE(train(state, stream, until, {.objective = {}, .micro_batch_size = micro, .seed = 1}, {&keep}));
  return torch::stack(losses);
}

TEST(TrainerTest, ARunInTwoPartsEqualsOneRunToTheBit) {
  for (const auto decayed : {WeightDecayOf::kAll, WeightDecayOf::kMatrices}) {
    auto whole = fresh_state(decayed);
    const auto losses = run(whole, kSteps);

    auto first = fresh_state(decayed);
    const auto before = run(first, 5);
    auto second = fresh_state(decayed);
    testing::carry_over(first, second);
    const auto after = run(second, kSteps);

    EXPECT_TRUE(torch::cat({before, after}).equal(losses));
    EXPECT_TRUE(second.optimizer.parameters().values().equal(whole.optimizer.parameters().values()));
    EXPECT_TRUE(second.optimizer.average().equal(whole.optimizer.average()));
  }
}

TEST(TrainerTest, MicroBatchesGiveTheLossAndTheGradientOfTheWholeBatch) {
  auto options = tiny_network();
  options.dropout = 0;  // dropout masks do depend on the cut
  const auto data = tiny_data();
  std::vector<int64_t> indices(8);
  std::iota(indices.begin(), indices.end(), 0);
  const auto batch = data.get(indices);
  torch::Tensor loss;
  torch::Tensor moments;
  for (const int64_t micro : {8, 4, 2, 1}) {
    auto network = make_denoiser(options);
    initialize(*network, 3);
    auto state = make_train_state(network, {.warmup_steps = 0, .beta1 = 0}, kSteps);
    const auto report = train_step(state, batch, {.objective = {}, .micro_batch_size = micro, .seed = 1});
    const auto gradient = state.optimizer.first_moments();  // beta1 = 0: the gradient itself
    if (micro == 8) {
      loss = report.bits_per_dim;
      moments = gradient;
    }
    EXPECT_NEAR(report.bits_per_dim.item<float>(), loss.item<float>(), 1e-6 * loss.item<float>()) << micro;
    EXPECT_LT((gradient - moments).norm().item<float>(), 2e-6 * moments.norm().item<float>()) << micro;
  }
}

TEST(TrainerTest, TrainingLowersTheLossAndTheAverageFollows) {
  auto state = fresh_state();
  const auto start = state.optimizer.average().clone();
  const auto losses = run(state, kSteps);
  EXPECT_NEAR(losses[0].item<float>(), 4.0, 0.5);  // log2(16) at the start
  EXPECT_LT(losses.slice(0, kSteps - 3).mean().item<float>(), 0.8 * losses.slice(0, 0, 3).mean().item<float>());
  EXPECT_FALSE(state.optimizer.average().equal(start));
  EXPECT_FALSE(state.average->is_training());
  EXPECT_TRUE(state.average->parameters()[0].data_ptr() == state.optimizer.average().data_ptr());
}

TEST(TrainerTest, ANonFiniteGradientSkipsTheStepAndTheRunGoesOn) {
  auto state = fresh_state();
  (void)run(state, 3);
  const auto before = state.optimizer.parameters().values().clone();
  const auto average = state.optimizer.average().clone();
  auto bias = state.denoiser->named_parameters()["head.bias"];
  const auto hook = bias.register_hook(
      [](const torch::Tensor& gradient) { return gradient * std::numeric_limits<float>::quiet_NaN(); });
  (void)run(state, 4);
  bias.remove_hook(hook);
  EXPECT_TRUE(state.optimizer.parameters().values().equal(before));
  EXPECT_TRUE(state.optimizer.average().equal(average));
  EXPECT_EQ(state.optimizer.skipped_total().item<float>(), 1);
  const auto losses = run(state, 6);
  EXPECT_TRUE(torch::isfinite(losses).all().item<bool>());
  EXPECT_EQ(state.optimizer.skipped_total().item<float>(), 1);
  EXPECT_FALSE(state.optimizer.parameters().values().equal(before));
}

// A network of nobody's kind but its own: a table of logits by position, and a buffer.
class TableDenoiser : public Denoiser {
 public:
  explicit TableDenoiser(const DenoiserOptions& options, const std::string& name = "table") : Denoiser(options) {
    const int64_t length = options.shape.length();
    table_ = register_parameter(name, torch::zeros({length, options.vocab_size}));
    seen_ = register_buffer("seen", torch::zeros({1}));
  }

  [[nodiscard]] torch::Tensor logits(const DenoiserInput& input) override {
    if (is_training()) {
      seen_.add_(1);
    }
    return table_.expand({input.z.size(0), -1, -1});
  }

  [[nodiscard]] float seen() const { return seen_.item<float>(); }

 private:
  torch::Tensor table_;
  torch::Tensor seen_;
};

// The same numbers, but not the same class.
class OtherTableDenoiser : public TableDenoiser {
 public:
  using TableDenoiser::TableDenoiser;
};

DenoiserOptions table_options() {
  auto options = tiny_network();
  options.condition = Condition::kNone;
  return options;
}

// Every image is the same, so that each position of the table learns one value: the bound falls from log2(16) towards
// 0.
TEST(TrainerTest, ANetworkOfAnyClassTrainsWithATwin) {
  const TensorDataset data({.name = "one", .split = "train", .shape = {4, 4, 1}, .vocab_size = 16},
                           torch::arange(16).to(torch::kUInt8).expand({8, 16}).contiguous());
  const auto network = std::make_shared<TableDenoiser>(table_options());
  const auto twin = std::make_shared<TableDenoiser>(table_options());
  auto state = make_train_state(network, twin, {.learning_rate = 0.5, .warmup_steps = 0, .ema_decay = 0.5}, 50);
  BatchStream stream(data, {.batch_size = 4});
  EXPECT_TRUE(train(state, stream, 50, {.objective = {}}, {}));
  EXPECT_LT(evaluate(*state.average, data, {.passes = 4}).bits_per_dim, 0.1);
  EXPECT_EQ(twin->seen(), 50);  // buffers are those of the network
  EXPECT_EQ(network->seen(), 50);
  const auto average = state.optimizer.parameters().named(state.optimizer.average());
  EXPECT_TRUE(average[0].second.equal(twin->parameters()[0]));
  EXPECT_FALSE(average[0].second.equal(network->parameters()[0]));
}

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "accepted";
}

TEST(TrainerTest, OnlyANetworkOfTheSameBuildIsATwin) {
  const auto table = [](const std::string& name) { return std::make_shared<TableDenoiser>(table_options(), name); };
  const auto state_of = [](const std::shared_ptr<Denoiser>& network, const std::shared_ptr<Denoiser>& twin) {
    return refusal([&] { (void)make_train_state(network, twin, {}, 1); });
  };
  const auto one = table("table");
  EXPECT_EQ(state_of(one, one), "the twin is the network itself, want a second one, built alike");
  EXPECT_NE(
      state_of(table("table"), std::make_shared<OtherTableDenoiser>(table_options())).find("the twin is of class"),
      std::string::npos);
  EXPECT_NE(state_of(table("table"), table("tafel")).find("parameter tafel has shape"), std::string::npos);
  EXPECT_EQ(state_of(table("table"), table("table")), "accepted");
}

TEST(TrainerTest, TheSimpleFormRefusesANetworkThatItCannotMakeTwice) {
  const auto message = refusal([] { (void)make_train_state(std::make_shared<TableDenoiser>(table_options()), {}, 1); });
  EXPECT_NE(message.find("TableDenoiser: give make_train_state(network, twin, …) a second one"), std::string::npos)
      << message;
}

}  // namespace
}  // namespace veil
