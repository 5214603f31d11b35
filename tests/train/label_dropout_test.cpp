#include "train/label_dropout.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "support/carried_state.h"
#include "support/toy_denoiser.h"
#include "veil/base/error.h"
#include "veil/nn/layers/initialization.h"
#include "veil/nn/make_denoiser.h"
#include "veil/train/trainer.h"

namespace veil {
namespace {

constexpr int64_t kClasses = 4;
constexpr int64_t kSteps = 5;

NoiseKey key_of(uint64_t round, uint64_t seed = 0) { return {seed, NoisePurpose::kLabelDropout, round}; }

TEST(LabelDropoutTest, DropsAsOftenAsItSays) {
  constexpr int64_t kDraws = 100'000;
  const auto ids = torch::arange(kDraws);
  const auto labels = ids.remainder(kClasses);
  for (const double probability : {0.0, 0.1, 0.5, 0.97}) {
    const auto dropped = drop_labels(labels, ids, probability, kClasses, key_of(3));
    const auto is_dropped = dropped.eq(kClasses);
    EXPECT_TRUE(torch::where(is_dropped, labels, dropped).equal(labels)) << "a label became another";
    const double deviation = std::sqrt(probability * (1 - probability) / kDraws);
    EXPECT_NEAR(is_dropped.sum().item<double>() / kDraws, probability, 4 * deviation);
    // The same within each class: what is dropped does not depend on the label.
    for (int64_t label = 0; label < kClasses; ++label) {
      const auto share = is_dropped.logical_and(labels.eq(label)).sum().item<double>() * kClasses / kDraws;
      EXPECT_NEAR(share, probability, 4 * deviation * std::sqrt(kClasses));
    }
  }
  EXPECT_TRUE(labels.equal(ids.remainder(kClasses))) << "the labels given were changed";
}

TEST(LabelDropoutTest, StepsAndSeedsDrawApart) {
  const auto ids = torch::arange(1000);
  const auto labels = torch::zeros({1000}, torch::kInt64);
  const auto first = drop_labels(labels, ids, 0.5, 1, key_of(0));
  EXPECT_TRUE(first.equal(drop_labels(labels, ids, 0.5, 1, key_of(0))));
  for (const auto& other : {key_of(1), key_of(0, 7)}) {
    const auto agreeing = first.eq(drop_labels(labels, ids, 0.5, 1, other)).sum().item<double>();
    EXPECT_NEAR(agreeing, 500, 4 * std::sqrt(250));
  }
}

TEST(LabelDropoutTest, ABatchMayBeCutAnywhere) {
  const auto ids = torch::tensor({70, 3, 9, 12, 400, 2, 1, 31}, torch::kInt64);
  const auto labels = ids.remainder(kClasses);
  const auto whole = drop_labels(labels, ids, 0.5, kClasses, key_of(5));
  std::vector<torch::Tensor> parts;
  for (const int64_t first : {0, 4}) {
    parts.push_back(drop_labels(labels.narrow(0, first, 4), ids.narrow(0, first, 4), 0.5, kClasses, key_of(5)));
  }
  EXPECT_TRUE(torch::cat(parts).equal(whole));
  EXPECT_TRUE(drop_labels(labels.flip(0), ids.flip(0), 0.5, kClasses, key_of(5)).equal(whole.flip(0)));
}

TEST(LabelDropoutTest, WhatDoesNotFitIsRefused) {
  const auto ids = torch::arange(3);
  EXPECT_THROW((void)drop_labels(ids, ids.narrow(0, 0, 2), 0.5, 3, key_of(0)), InvalidArgument);
  EXPECT_THROW((void)drop_labels(ids.to(torch::kFloat), ids, 0.5, 3, key_of(0)), InvalidArgument);
  EXPECT_THROW((void)drop_labels(ids, ids, 1.0, 3, key_of(0)), InvalidArgument);
  EXPECT_THROW((void)drop_labels(ids, ids, -0.1, 3, key_of(0)), InvalidArgument);
}

DenoiserOptions tiny_network() {
  return {.network = NetworkKind::kUViT,
          .shape = {4, 4, 1},
          .vocab_size = 16,
          .width = 32,
          .layers = 1,
          .dropout = 0,
          .classes = kClasses,
          .uvit = {.width_multipliers = {1}, .dit_layers = 1, .dit_width = 16, .dit_heads = 2},
          .null_class = true};
}

TensorDataset tiny_data() {
  const auto tokens = torch::arange(40 * 16).remainder(16).to(torch::kUInt8).view({40, 16});
  return {DatasetInfo{.name = "tiny", .split = "train", .shape = {4, 4, 1}, .vocab_size = 16, .classes = kClasses},
          tokens, torch::arange(40).remainder(kClasses)};
}

StepSettings settings_of(double label_dropout, int64_t micro = 0) {
  return {.objective = {}, .micro_batch_size = micro, .seed = 1, .label_dropout = label_dropout};
}

TrainState fresh_state() {
  auto network = make_denoiser(tiny_network());
  initialize(*network, 3);
  return make_train_state(network, {.learning_rate = 1e-2, .warmup_steps = 0, .ema_decay = 0.9}, kSteps);
}

void run(TrainState& state, int64_t until, int64_t micro = 0) {
  const auto data = tiny_data();
  BatchStream stream(data, {.batch_size = 8, .seed = 1});
  EXPECT_TRUE(train(state, stream, until, settings_of(0.4, micro), {}));
}

TEST(LabelDropoutTest, ARunInTwoPartsEqualsOneRunToTheBit) {
  auto whole = fresh_state();
  run(whole, kSteps);
  auto first = fresh_state();
  run(first, 2);
  auto second = fresh_state();
  testing::carry_over(first, second);
  run(second, kSteps);
  EXPECT_TRUE(second.optimizer.parameters().values().equal(whole.optimizer.parameters().values()));
  EXPECT_TRUE(second.optimizer.average().equal(whole.optimizer.average()));
}

TEST(LabelDropoutTest, MicroBatchesGiveTheGradientOfTheWholeBatch) {
  const auto data = tiny_data();
  std::vector<int64_t> indices(8);
  std::iota(indices.begin(), indices.end(), 0);
  const auto batch = data.get(indices);
  std::vector<torch::Tensor> gradients;
  for (const int64_t micro : {8, 4}) {
    auto network = make_denoiser(tiny_network());
    initialize(*network, 3);
    auto state = make_train_state(network, {.warmup_steps = 0, .beta1 = 0}, kSteps);
    run(state, 1);  // the head starts at 0, and with it the gradient of everything before
    state.step = 1;
    (void)train_step(state, batch, settings_of(0.5, micro));
    gradients.push_back(state.optimizer.first_moments().clone());  // beta1 = 0: the gradient itself
  }
  EXPECT_LT((gradients[1] - gradients[0]).norm().item<float>(), 2e-6 * gradients[0].norm().item<float>());
}

// What the network is told, seen from inside: true labels or, for those drawn, "no class".
class Listener : public testing::RecordingDenoiser {
 public:
  explicit Listener(DenoiserOptions options) : RecordingDenoiser(std::move(options)) {
    weight_ = register_parameter("weight", torch::zeros({16}));
  }

 private:
  [[nodiscard]] torch::Tensor compute(const DenoiserInput& input) override {
    return weight_.expand({input.z.size(0), input.z.size(1), 16});
  }

  torch::Tensor weight_;
};

TEST(LabelDropoutTest, TheNetworkIsToldTheLabelsThatAreLeft) {
  const auto data = tiny_data();
  const auto batch = data.get(std::vector<int64_t>{8, 5, 2, 31, 17, 22, 39, 0});
  auto network = std::make_shared<Listener>(tiny_network());
  TrainState state{.denoiser = network,
                   .average = network,
                   .optimizer = Optimizer(ParameterVector(*network), {}, kSteps),
                   .step = 6};
  (void)train_step(state, batch, settings_of(0.5));
  const auto want = drop_labels(*batch.labels, batch.example_ids, 0.5, kClasses, key_of(6, 1));
  EXPECT_EQ(network->calls.at(0).labels,
            std::vector<int64_t>(want.const_data_ptr<int64_t>(), want.const_data_ptr<int64_t>() + 8));
  EXPECT_GT(want.eq(kClasses).sum().item<int64_t>(), 0);
  (void)train_step(state, batch, settings_of(0));
  EXPECT_EQ(network->calls.at(1).labels, (std::vector<int64_t>{0, 1, 2, 3, 1, 2, 3, 0}));
}

TEST(LabelDropoutTest, ANetworkWithoutTheRowCannotBeTrainedSo) {
  auto options = tiny_network();
  options.null_class = false;
  auto network = make_denoiser(options);
  initialize(*network, 3);
  auto state = make_train_state(network, {}, kSteps);
  EXPECT_THROW((void)train_step(state, tiny_data().get(std::vector<int64_t>{0}), settings_of(0.5)), InvalidArgument);
}

}  // namespace
}  // namespace veil
