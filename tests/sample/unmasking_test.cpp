#include "veil/sample/unmasking.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "support/toy_denoiser.h"

namespace veil {
namespace {

using testing::ConstantDenoiser;
using testing::MixingDenoiser;
using testing::toy_options;

std::vector<UnmaskingFrame> frames_of(Denoiser& network, const SampleOptions& options, const UnmaskingOptions& watched,
                                      torch::Tensor* samples = nullptr, torch::Tensor* revealed_by = nullptr) {
  const auto& toy = network.options();
  Unmasking unmasking(options, toy.shape.length(), toy.vocab_size, watched);
  const auto drawn = sample(network, options, {}, {}, unmasking.trace());
  if (samples != nullptr) {
    *samples = drawn;
  }
  if (revealed_by != nullptr) {
    *revealed_by = unmasking.revealed_by();
  }
  return unmasking.frames();
}

// The entropy of a softmax, value by value.
double entropy_of(const torch::Tensor& logits) {
  double total = 0.0;
  for (int64_t v = 0; v < logits.numel(); ++v) {
    total += std::exp(logits[v].item<double>());
  }
  double bits = 0.0;
  for (int64_t v = 0; v < logits.numel(); ++v) {
    const double p = std::exp(logits[v].item<double>()) / total;
    bits -= p > 0 ? p * std::log2(p) : 0.0;
  }
  return bits;
}

TEST(UnmaskingTest, EveryFrameIsTheEndWhereItIsRevealedAndTheMaskElsewhere) {
  MixingDenoiser network(toy_options(12, 5), 0.0);
  SampleOptions options;
  options.count = 11;
  options.first = 7;
  options.steps = 6;
  torch::Tensor samples;
  torch::Tensor revealed_by;
  const auto frames = frames_of(network, options, {.samples = 11, .frames = 100}, &samples, &revealed_by);
  ASSERT_EQ(frames.size(), 7U);
  EXPECT_TRUE(torch::equal(samples, sample(network, options)));
  EXPECT_GE(revealed_by.min().item<int64_t>(), 1);
  EXPECT_LE(revealed_by.max().item<int64_t>(), 6);
  for (int64_t step = 0; step <= 6; ++step) {
    EXPECT_EQ(frames[static_cast<size_t>(step)].step, step);
    EXPECT_FALSE(frames[static_cast<size_t>(step)].entropies.defined());
    EXPECT_TRUE(torch::equal(frames[static_cast<size_t>(step)].tokens, samples.masked_fill(revealed_by > step, 5)))
        << step;
  }
}

TEST(UnmaskingTest, FewFramesAreSpreadAndTheOrderCountsAllSteps) {
  MixingDenoiser network(toy_options(12, 5), 0.0);
  SampleOptions options;
  options.count = 3;
  options.counts = {12, 9, 6, 5, 4, 1, 0};  // in place of steps
  torch::Tensor revealed_by;
  const auto frames = frames_of(network, options, {.samples = 2, .frames = 3}, nullptr, &revealed_by);
  ASSERT_EQ(frames.size(), 3U);
  EXPECT_EQ(frames[1].step, 3);
  EXPECT_EQ(frames[2].step, 6);
  for (int64_t step = 1; step <= 6; ++step) {
    const int64_t wanted = options.counts[static_cast<size_t>(step - 1)] - options.counts[static_cast<size_t>(step)];
    EXPECT_TRUE(((revealed_by == step).sum(1) == wanted).all().item<bool>()) << step;
  }
}

TEST(UnmaskingTest, EntropiesOfOneAnswerForAllAreItsOwn) {
  const float never = -std::numeric_limits<float>::infinity();
  SampleOptions options;
  options.count = 3;
  options.steps = 4;
  options.temperature = 0.5;  // of the draws, not of what the network says
  for (const auto& [logits, bits] : {std::pair{torch::zeros({6}), std::log2(6.0)},
                                     std::pair{torch::tensor({never, 0.0F, 0.0F, never, 0.0F, 0.0F}), 2.0},
                                     std::pair{torch::tensor({0.0F, never, never, never, never, never}), 0.0}}) {
    ConstantDenoiser network(toy_options(9, 6), logits);
    for (const auto& frame : frames_of(network, options, {.samples = 3, .frames = 9, .entropies = true})) {
      const auto wanted = frame.tokens.eq(6).to(torch::kFloat64) * bits;
      EXPECT_TRUE(torch::allclose(frame.entropies, wanted, 0, 1e-12)) << bits << " after " << frame.step;
    }
  }
}

// Held to the softmax of the logits of the state itself; and the samples are those of a run that nobody watches.
TEST(UnmaskingTest, EntropiesAreThoseOfTheStateAndChangeNothing) {
  MixingDenoiser network(toy_options(12, 5, Condition::kMaskFraction), 0.0);
  SampleOptions options;
  options.count = 5;
  options.first = 6;
  options.steps = 5;
  torch::Tensor samples;
  const auto frames = frames_of(network, options, {.samples = 4, .frames = 6, .entropies = true}, &samples);
  EXPECT_TRUE(torch::equal(samples, sample(network, options)));
  network.eval();
  const torch::NoGradGuard no_gradients;
  for (const auto& frame : frames) {
    const auto levels = frame.tokens.eq(5).to(torch::kFloat32).mean(1);
    const auto logits = network.logits({.z = frame.tokens, .noise_level = levels, .labels = {}});
    for (int64_t n = 0; n < 4; ++n) {
      for (int64_t i = 0; i < 12; ++i) {
        const bool is_masked = frame.tokens[n][i].item<int64_t>() == 5;
        EXPECT_NEAR(frame.entropies[n][i].item<double>(), is_masked ? entropy_of(logits[n][i]) : 0.0, 1e-5);
      }
    }
  }
}

}  // namespace
}  // namespace veil
