// What both image networks share: the head at chosen positions, the two options of stem and head, mixed precision, and
// input that does not fit.
#include <gtest/gtest.h>

#include <cmath>

#include "base/torch.h"
#include "nn/embedding.h"
#include "nn/image/image_head.h"
#include "nn/image/image_stem.h"
#include "support/fixture_file.h"
#include "support/speaking_network.h"
#include "veil/base/device.h"
#include "veil/base/error.h"
#include "veil/nn/denoiser.h"
#include "veil/nn/layers/initialization.h"
#include "veil/nn/make_denoiser.h"

namespace veil {
namespace {

using test::is_close;

constexpr int64_t kVocabulary = 6;

DenoiserOptions small(NetworkKind network, int64_t channels) {
  return {.network = network,
          .shape = {4, 8, channels},
          .vocab_size = kVocabulary,
          .width = 32,
          .layers = 1,
          .dropout = 0.0,
          .uvit = {.width_multipliers = {1, 2}, .dit_layers = 1, .dit_width = 16, .dit_heads = 2}};
}

using test::random_input;

std::shared_ptr<Denoiser> speaking(const DenoiserOptions& options) { return test::speaking(options, 0.05); }

torch::Tensor some_positions(const DenoiserOptions& options, int64_t rows) {
  torch::manual_seed(4);
  return torch::rand({rows * options.shape.length()}).lt(0.4).nonzero().squeeze(1);
}

std::vector<torch::Tensor> gradients(Denoiser& network, const torch::Tensor& loss) {
  std::vector<torch::Tensor> parameters = network.parameters();
  return torch::autograd::grad({loss}, parameters);
}

class LogitsAt : public testing::TestWithParam<std::tuple<NetworkKind, int64_t, Head>> {};

TEST_P(LogitsAt, AgreesWithLogitsInValueAndGradient) {
  const auto [kind, channels, head] = GetParam();
  auto options = small(kind, channels);
  options.head = head;
  const auto network = speaking(options);
  const auto input = random_input(options, 3);
  const auto positions = some_positions(options, 3);
  const auto weight = torch::randn({positions.numel(), kVocabulary});
  for (const bool channels_last : {true, false}) {
    network->set_channels_last(channels_last);
    const auto want = network->logits(input).flatten(0, 1).index_select(0, positions);
    const auto got = network->logits_at(input, positions);
    EXPECT_EQ(got.scalar_type(), torch::kFloat32);
    EXPECT_TRUE(is_close(got, want.detach(), 1e-5, 1e-5));
    const auto got_gradients = gradients(*network, (got * weight).sum());
    const auto want_gradients = gradients(*network, (want * weight).sum());
    const auto names = network->named_parameters();
    for (size_t i = 0; i < got_gradients.size(); ++i) {
      const double size = want_gradients[i].abs().max().item<double>();
      // Some gradients are zero but for rounding: a bias before a norm of one channel a group.
      EXPECT_TRUE(is_close(got_gradients[i], want_gradients[i], 1e-4, 1e-4 * size + 2e-5)) << names[i].key();
    }
  }
}

TEST_P(LogitsAt, TakesAnyOrderRepeatsAndNone) {
  const auto [kind, channels, head] = GetParam();
  const torch::NoGradGuard no_grad;
  const auto options = small(kind, channels);
  const auto network = speaking(options);
  const auto input = random_input(options, 2);
  const int64_t end = 2 * options.shape.length();
  const auto positions = torch::tensor({end - 1, int64_t{0}, end - 1, int64_t{5}, int64_t{3}});
  const auto want = network->logits(input).flatten(0, 1).index_select(0, positions);
  EXPECT_TRUE(is_close(network->logits_at(input, positions), want, 1e-5, 1e-5));
  const auto none = network->logits_at(input, torch::empty({0}, torch::kInt64));
  EXPECT_EQ(none.sizes(), (std::vector<int64_t>{0, kVocabulary}));
}

INSTANTIATE_TEST_SUITE_P(Networks, LogitsAt,
                         testing::Combine(testing::Values(NetworkKind::kUNet, NetworkKind::kUViT),
                                          testing::Values(1, 3), testing::Values(Head::kFree, Head::kLogisticPrior)));

TEST(LogisticPriorTest, IsTheLogDensityOfALogisticButForAConstant) {
  const double mean = 0.3;
  const double scale = 0.2;
  const auto prior = torch::tensor({mean, std::log(scale)}, torch::kFloat64);
  const auto free = torch::tensor({0.5, 0.0, -0.25, 0.0, 1.0}, torch::kFloat64);
  const auto got = add_logistic_prior(free, prior);
  for (int64_t v = 0; v < 5; ++v) {
    const double x = static_cast<double>(v) / 2 - 1;
    // Density e^-d / (s (1 + e^-d)^2); the factor 1/s is left out.
    const double e = std::exp(-(x - mean) / scale);
    EXPECT_NEAR(got[v].item<double>(), free[v].item<double>() + std::log(e / ((1 + e) * (1 + e))), 1e-6) << v;
  }
}

TEST(LogisticPriorTest, StaysFiniteWhateverTheNetworkSays) {
  for (const double mean : {-1e4, 0.0, 1e4}) {
    for (const double log_scale : {-1e6, 0.0, 1e6}) {
      const auto logits = add_logistic_prior(torch::zeros({256}), torch::tensor({mean, log_scale}, torch::kFloat32));
      EXPECT_TRUE(logits.isfinite().all().item<bool>()) << mean << " " << log_scale;
    }
  }
}

TEST(LogisticPriorTest, StartsMild) {
  const torch::NoGradGuard no_grad;
  auto options = small(NetworkKind::kUNet, 3);
  options.head = Head::kLogisticPrior;
  const auto network = make_denoiser(options);
  initialize(*network, 1);
  const auto logits = network->logits(random_input(options, 1));
  EXPECT_NEAR(logits.min().item<double>(), -2 * std::log1p(std::exp(1.0)) + 1, 1e-5);
  EXPECT_LE(logits.max().item<double>(), -2 * std::log(2.0) + 1e-5);
}

// The convolution of the stem sees, behind the embedding, the value in [-1, 1] and the mask flag of every token.
TEST(ValueChannelsTest, CarryValueAndMaskFlag) {
  const torch::NoGradGuard no_grad;
  auto options = small(NetworkKind::kUNet, 2);
  options.value_channels = true;
  const ImageStem stem(options, torch::kCPU);
  auto parameters = stem.named_parameters();
  for (auto& parameter : stem.parameters()) {
    parameter.zero_();
  }
  auto weight = parameters["conv.weight"];
  ASSERT_EQ(weight.size(1), 2 * (32 + 2));
  for (int64_t k = 0; k < 4; ++k) {
    weight[k][64 + k][1][1] = 1.0;
  }
  auto z = torch::arange(64).remainder(kVocabulary + 1).view({1, 64});
  const auto out = stem.forward(z, true);
  for (int64_t i = 0; i < 64; ++i) {
    const int64_t v = i % (kVocabulary + 1);
    const auto pixel = out.select(0, 0).select(1, i / 2 / 8).select(1, i / 2 % 8);
    const double value = v == kVocabulary ? 0.0 : 2.0 * static_cast<double>(v) / 5 - 1;
    EXPECT_NEAR(pixel[2 * (i % 2)].item<double>(), value, 1e-6) << i;
    EXPECT_EQ(pixel[2 * (i % 2) + 1].item<double>(), v == kVocabulary ? 1.0 : 0.0) << i;
  }
}

TEST(ConditionTest, EverySourceReachesTheLogits) {
  const torch::NoGradGuard no_grad;
  for (const auto kind : {NetworkKind::kUNet, NetworkKind::kUViT}) {
    auto options = small(kind, 1);
    options.width = 64;  // with one channel a group the U-Net's additive condition cancels
    options.classes = 2;
    for (const auto condition : {Condition::kNone, Condition::kMaskFraction}) {
      options.condition = condition;
      const auto network = speaking(options);
      auto input = random_input(options, 2);
      const auto before = network->logits(input);
      input.labels = 1 - *input.labels;
      const auto after = network->logits(input);
      EXPECT_GT((after - before).abs().max().item<double>(), 1e-5);
      if (input.noise_level) {
        input.noise_level = 1 - *input.noise_level;
        EXPECT_GT((network->logits(input) - after).abs().max().item<double>(), 1e-5);
      }
    }
  }
}

TEST(ConditionTest, OddWidthsOfTheLevelEmbeddingEndInZero) {
  const auto got = level_embedding(torch::tensor({0.0F, 0.001F}), 9);
  const std::vector<double> frequency{1.0, std::pow(1e-4, 1.0 / 3), std::pow(1e-4, 2.0 / 3), 1e-4};
  for (int64_t k = 0; k < 4; ++k) {
    EXPECT_NEAR(got[1][k].item<double>(), std::sin(frequency[k]), 1e-6);
    EXPECT_NEAR(got[1][4 + k].item<double>(), std::cos(frequency[k]), 1e-6);
  }
  EXPECT_EQ(got[1][8].item<double>(), 0.0);
}

TEST(DropoutTest, ActsInTrainingOnly) {
  const torch::NoGradGuard no_grad;
  for (const auto kind : {NetworkKind::kUNet, NetworkKind::kUViT}) {
    auto options = small(kind, 1);
    options.dropout = 0.3;
    const auto network = speaking(options);
    const auto input = random_input(options, 2);
    EXPECT_FALSE(torch::equal(network->logits(input), network->logits(input)));
    network->eval();
    EXPECT_TRUE(torch::equal(network->logits(input), network->logits(input)));
  }
}

// bfloat16 has 8 bits; the logits of these networks are about 1.
TEST(MixedPrecisionTest, IsNearFloat32AndReturnsIt) {
  for (const auto kind : {NetworkKind::kUNet, NetworkKind::kUViT}) {
    for (const auto head : {Head::kFree, Head::kLogisticPrior}) {
      auto options = small(kind, 3);
      options.head = head;
      options.value_channels = true;
      const auto network = speaking(options);
      const auto input = random_input(options, 2);
      const auto positions = some_positions(options, 2);
      const auto want = network->logits(input).detach();
      torch::Tensor all;
      torch::Tensor some;
      {
        const ScopedPrecision precision(Compute{.precision = Precision::kBFloat16});
        all = network->logits(input);
        some = network->logits_at(input, positions);
      }
      EXPECT_EQ(all.scalar_type(), torch::kFloat32);
      EXPECT_EQ(some.scalar_type(), torch::kFloat32);
      EXPECT_FALSE(torch::equal(all, want));
      EXPECT_TRUE(is_close(all, want, 0.05, 0.05 * want.abs().max().item<double>()));
      EXPECT_TRUE(
          is_close(some, want.flatten(0, 1).index_select(0, positions), 0.05, 0.05 * want.abs().max().item<double>()));
      some.sum().backward();
      for (const auto& parameter : network->parameters()) {
        EXPECT_TRUE(parameter.grad().isfinite().all().item<bool>());
      }
    }
  }
}

TEST(DenoiserInputTest, RefusesWhatDoesNotFit) {
  auto options = small(NetworkKind::kUNet, 1);
  options.classes = 3;
  const auto network = speaking(options);
  const auto good = random_input(options, 2);
  const auto refused = [&](auto change) {
    auto input = good;
    change(input);
    EXPECT_THROW(static_cast<void>(network->logits(input)), InvalidArgument);
  };
  EXPECT_NO_THROW(static_cast<void>(network->logits(good)));
  refused([](auto& input) { input.z = input.z.narrow(1, 0, 31); });
  refused([](auto& input) { input.z = input.z.flatten(); });
  refused([](auto& input) { input.z = input.z.to(torch::kInt32); });
  refused([](auto& input) { input.z = torch::Tensor(); });
  refused([](auto& input) { input.labels.reset(); });
  refused([](auto& input) { input.labels = input.labels->narrow(0, 0, 1); });
  refused([](auto& input) { input.noise_level.reset(); });
  refused([](auto& input) { input.noise_level = input.noise_level->to(torch::kFloat64); });
  for (const auto& positions : {torch::tensor({int64_t{64}}), torch::tensor({int64_t{-1}}), torch::tensor({1.0F})}) {
    EXPECT_THROW(static_cast<void>(network->logits_at(good, positions)), InvalidArgument);
  }
  options.classes = 0;
  options.condition = Condition::kNone;
  EXPECT_THROW(static_cast<void>(speaking(options)->logits(good)), InvalidArgument);
}

}  // namespace
}  // namespace veil
