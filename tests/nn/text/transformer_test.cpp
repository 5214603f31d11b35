// The text transformer: what it sees of whom, its head at chosen positions, its first values and its refusals.
#include "nn/text/transformer.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/torch.h"
#include "support/fixture_file.h"
#include "support/speaking_network.h"
#include "veil/base/error.h"
#include "veil/nn/layers/initialization.h"
#include "veil/nn/make_denoiser.h"

namespace veil {
namespace {

using test::is_close;

constexpr int64_t kLength = 7;
constexpr int64_t kVocabulary = 5;

DenoiserOptions small() {
  DenoiserOptions options{.network = NetworkKind::kTransformer,
                          .shape = {1, kLength, 1},
                          .vocab_size = kVocabulary,
                          .width = 6,
                          .layers = 2,
                          .dropout = 0.0};
  options.transformer.heads = 4;
  return options;
}

using test::random_input;

std::shared_ptr<Denoiser> speaking(const DenoiserOptions& options) { return test::speaking(options, 0.2); }

std::vector<DenoiserOptions> variants() {
  std::vector<DenoiserOptions> all(5, small());
  all[1].condition = Condition::kNone;
  all[1].transformer.gate = Gate::kSwish;
  all[2].condition = Condition::kNone;
  all[2].classes = 3;
  all[2].transformer.narrow_embedding = true;
  all[3].classes = 3;
  all[3].transformer.key_value_heads = 2;
  all[3].transformer.gate = Gate::kGelu;
  all[4].transformer.causal = true;
  all[4].transformer.key_value_heads = 1;
  return all;
}

TEST(TransformerTest, LogitsAtAgreesWithLogitsInValueAndGradient) {
  for (const auto& options : variants()) {
    const auto network = speaking(options);
    const auto input = random_input(options, 3);
    const auto positions = torch::tensor({20, 0, 20, 3, 11, 8});
    const auto weight = torch::randn({positions.numel(), kVocabulary});
    const auto want = network->logits(input).flatten(0, 1).index_select(0, positions);
    const auto got = network->logits_at(input, positions);
    EXPECT_EQ(got.scalar_type(), torch::kFloat32);
    EXPECT_TRUE(is_close(got, want.detach(), 1e-5, 1e-5));
    const auto got_gradients = torch::autograd::grad({(got * weight).sum()}, network->parameters());
    const auto want_gradients = torch::autograd::grad({(want * weight).sum()}, network->parameters());
    for (size_t i = 0; i < got_gradients.size(); ++i) {
      const double size = want_gradients[i].abs().max().item<double>();
      EXPECT_TRUE(is_close(got_gradients[i], want_gradients[i], 1e-4, 1e-4 * size + 1e-6));
    }
    const torch::NoGradGuard no_grad;
    EXPECT_EQ(network->logits_at(input, torch::empty({0}, torch::kInt64)).sizes(),
              (std::vector<int64_t>{0, kVocabulary}));
  }
}

// Which positions' logits change when token `changed` does.
std::vector<bool> reached_by(Denoiser& network, const DenoiserOptions& options, int64_t changed) {
  const torch::NoGradGuard no_grad;
  auto input = random_input(options, 1);
  const auto before = network.logits(input);
  input.z = input.z.clone();
  input.z[0][changed] = (input.z[0][changed] + 1) % kVocabulary;
  const auto difference = (network.logits(input) - before).abs().amax({0, 2});
  std::vector<bool> reached;
  for (int64_t i = 0; i < kLength; ++i) {
    reached.push_back(difference[i].item<float>() > 0);
  }
  return reached;
}

TEST(TransformerTest, EveryPositionSeesAllOthersAndACausalOneOnlyThoseBefore) {
  auto options = small();
  EXPECT_EQ(reached_by(*speaking(options), options, 3), std::vector<bool>(kLength, true));
  options.transformer.causal = true;
  EXPECT_EQ(reached_by(*speaking(options), options, 3),
            (std::vector<bool>{false, false, false, true, true, true, true}));
}

TEST(TransformerTest, SharedKeysAndValuesAreThoseOfNeighbouringHeads) {
  const torch::NoGradGuard no_grad;
  const TransformerBlockOptions shared{.width = 24, .heads = 4, .key_value_heads = 2, .hidden = 32};
  TransformerBlockOptions full = shared;
  full.key_value_heads = 4;
  RotaryAttention few(shared, torch::kCPU);
  RotaryAttention many(full, torch::kCPU);
  torch::manual_seed(5);
  auto from = few.named_parameters();
  auto to = many.named_parameters();
  from["qkv.weight"].copy_(torch::randn({48, 24}));
  from["out.weight"].copy_(torch::randn({24, 24}));
  const auto heads = from["qkv.weight"].unflatten(0, {8, 6});
  to["qkv.weight"].copy_(heads.index_select(0, torch::tensor({0, 1, 2, 3, 4, 4, 5, 5, 6, 6, 7, 7})).flatten(0, 1));
  to["out.weight"].copy_(from["out.weight"]);
  const auto x = torch::randn({2, kLength, 24});
  const auto table = rotary_table(kLength, 6);
  EXPECT_TRUE(is_close(few.forward(x, table), many.forward(x, table), 1e-5, 1e-5));
}

TEST(RotaryTest, ProductsOfTurnedVectorsDependOnTheirDistanceOnly) {
  torch::manual_seed(6);
  const auto table = rotary_table(20, 8);
  const auto turned = [&](const torch::Tensor& x) { return rotate_pairs(x.expand({20, 8}), table); };
  const auto products = torch::mm(turned(torch::randn({8})), turned(torch::randn({8})).t());  // [i, j]
  for (int64_t distance = -5; distance <= 5; ++distance) {
    const auto diagonal = products.diagonal(distance);
    EXPECT_TRUE(is_close(diagonal, diagonal[0].expand_as(diagonal), 0, 2e-5)) << distance;
  }
  EXPECT_THROW((void)rotary_table(4, 5), InvalidArgument);
}

TEST(TransformerTest, StartsAtZeroLogitsWithBlocksThatAreIdentities) {
  const torch::NoGradGuard no_grad;
  for (const auto& options : variants()) {
    const auto network = make_denoiser(options);
    initialize(*network, 1);
    EXPECT_EQ(network->logits(random_input(options, 2)).abs().max().item<float>(), 0.0F);
  }
  const auto network = make_denoiser(small());
  initialize(*network, 1);
  const auto block = std::dynamic_pointer_cast<TransformerBlock>(network->named_modules()["blocks.1"]);
  const auto x = torch::randn({2, kLength, 24});
  EXPECT_TRUE(torch::equal(block->forward(x, torch::rand({2, 6}), rotary_table(kLength, 6)), x));
}

TEST(TransformerTest, DropoutSpeaksInTrainingOnlyAndForWholeChannels) {
  const torch::NoGradGuard no_grad;
  auto options = small();
  options.dropout = 0.5;
  const auto network = speaking(options);
  const auto input = random_input(options, 2);
  network->eval();
  EXPECT_TRUE(torch::equal(network->logits(input), network->logits(input)));
  network->train();
  EXPECT_FALSE(torch::equal(network->logits(input), network->logits(input)));
  FeedForward layers({.width = 8, .heads = 1, .key_value_heads = 1, .hidden = 32, .dropout = 0.5}, torch::kCPU);
  for (auto& parameter : layers.parameters()) {
    parameter.copy_(torch::randn_like(parameter));
  }
  const auto dropped = layers.forward(torch::randn({3, kLength, 8})).eq(0);
  EXPECT_TRUE(torch::equal(dropped.all(1), dropped.any(1)));
  EXPECT_TRUE(dropped.any().item<bool>());
}

TEST(TransformerTest, InputThatDoesNotFitIsRefused) {
  const auto network = speaking(small());
  auto input = random_input(small(), 2);
  EXPECT_THROW((void)network->logits_at(input, torch::tensor({2 * kLength})), InvalidArgument);
  input.noise_level.reset();
  EXPECT_THROW((void)network->logits(input), InvalidArgument);
}

void expect_refused(const DenoiserOptions& options, const std::string& beginning) {
  try {
    check_options(options);
    ADD_FAILURE() << "accepted, want: " << beginning;
  } catch (const InvalidArgument& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with(beginning)) << error.what();
  }
}

TEST(TransformerOptionsTest, RefusalNamesFieldAndValue) {
  const auto with = [](auto change) {
    auto options = small();
    change(options);
    return options;
  };
  EXPECT_NO_THROW(check_options(small()));
  expect_refused(with([](auto& o) { o.width = 7; }), "width is 7,");
  expect_refused(with([](auto& o) { o.width = 2; }), "width is 2,");
  expect_refused(with([](auto& o) { o.layers = 0; }), "layers is 0,");
  expect_refused(with([](auto& o) { o.transformer.heads = 0; }), "heads is 0,");
  expect_refused(with([](auto& o) { o.transformer.heads = 1'000'000'007; }), "heads is 1000000007,");
  expect_refused(with([](auto& o) { o.transformer.key_value_heads = 3; }), "key_value_heads is 3,");
  expect_refused(with([](auto& o) { o.transformer.key_value_heads = 5; }),
                 "key_value_heads is 5, want 0 or a divisor of heads, which is ");
  expect_refused(with([](auto& o) { o.head = Head::kLogisticPrior; }),
                 "head is logistic_prior, want free where network is transformer");
  expect_refused(with([](auto& o) { o.value_channels = true; }),
                 "value_channels is true, want false where network is transformer");
  expect_refused(with([](auto& o) { o.shape = {1, 1 << 14, 8}; }), "length of shape is 131072,");
}

}  // namespace
}  // namespace veil
