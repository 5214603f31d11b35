// Every toy against the enumeration of its own probabilities, and those against published figures.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "selfcheck/sampler_law.h"
#include "toys/chain_toys.h"
#include "toys/image_toys.h"
#include "toys/simple_toys.h"
#include "toys/toy_bounds.h"
#include "toys/toy_dataset.h"
#include "toys/toy_suite.h"
#include "veil/base/error.h"

namespace veil {
namespace {

TEST(ToysTest, ProbabilitiesAddUpToOneAndGiveTheEntropy) {
  for (const auto& toy : small_toy_suite()) {
    const auto table = joint_of(*toy);
    double total = 0;
    std::vector<int64_t> x(static_cast<size_t>(toy->length()));
    for (int64_t state = 0; state < table.states(); ++state) {
      for (size_t i = 0; i < x.size(); ++i) {
        x[i] = table.token(state, static_cast<int64_t>(i));
      }
      total += std::exp(toy->log_probability(x));
    }
    EXPECT_NEAR(total, 1, 1e-12) << toy->name();
    const auto entropy = toy->entropy();
    EXPECT_NEAR(entropy.nats, table.entropy(), 1e-10 + 4 * entropy.standard_error) << toy->name();
  }
}

// Every partial state that can be, against sums over the table.
TEST(ToysTest, ConditionalsAreThoseOfTheTable) {
  for (const auto& toy : small_toy_suite()) {
    const auto table = joint_of(*toy);
    const ToyConditionals want(table);
    std::vector<double> log_p(static_cast<size_t>(toy->length() * toy->vocab_size()));
    std::vector<int64_t> z(static_cast<size_t>(toy->length()));
    for (int64_t state = 0; state < table.states(); ++state) {
      for (uint32_t mask = 0; table.p[state] > 0 && mask < (1U << toy->length()); ++mask) {
        const int64_t partial = want.partial_of(table, state, mask);
        for (int64_t i = 0; i < toy->length(); ++i) {
          z[i] = want.symbol(partial, i);
        }
        toy->conditionals(z, log_p);
        for (int64_t i = 0; i < toy->length(); ++i) {
          for (int64_t v = 0; (mask >> i & 1U) != 0 && v < toy->vocab_size(); ++v) {
            EXPECT_NEAR(std::exp(log_p[i * toy->vocab_size() + v]), std::exp(want.log_p(partial, i, v)), 1e-12)
                << toy->name() << " partial state " << partial << " position " << i;
          }
        }
      }
    }
  }
}

TEST(ToysTest, SamplesFollowTheTable) {
  for (const auto& toy : small_toy_suite()) {
    const auto table = joint_of(*toy);
    const auto samples = draw_tokens(*toy, 20000, 3).to(torch::kInt64);
    EXPECT_LT(std::abs(chi_square_score(samples, table, table.p)), 4) << toy->name();
  }
}

TEST(ToysTest, CodeLengthsOfSamplesHaveTheEntropyAsTheirMean) {
  constexpr int64_t kSize = 2000;
  for (const auto& toy : toy_suite()) {
    const auto nats = torch::tensor(code_lengths(*toy, draw_tokens(*toy, kSize, 4)), torch::kFloat64);
    const double error = nats.std().item<double>() / std::sqrt(kSize);
    const auto entropy = toy->entropy();
    EXPECT_NEAR(nats.mean().item<double>(), entropy.nats, 4 * std::hypot(error, entropy.standard_error) + 1e-9)
        << toy->name();
  }
}

TEST(ToysTest, IsingStripHasThePublishedEntropyEitherWayUp) {
  for (const auto& [beta, bits] :
       std::vector<std::pair<double, double>>{{0.2, 0.94651}, {0.44, 0.65304}, {0.6, 0.31197}}) {
    for (const IsingToy& toy : {IsingToy(6, 8, beta), IsingToy(8, 6, beta)}) {
      EXPECT_NEAR(toy.entropy().nats / 48 / std::numbers::ln2, bits, 5e-6) << beta;
    }
  }
  EXPECT_NEAR(IsingToy(6, 8, 0.0).entropy().nats, 48 * std::numbers::ln2, 1e-10);
  EXPECT_THROW(IsingToy(11, 12, 0.4), InvalidArgument);
  EXPECT_THROW(IsingToy(6, 8, 20.0), InvalidArgument);
}

TEST(ToysTest, StickyChainHasTheEntropyOfTheSamplerTables) {
  EXPECT_NEAR(MarkovToy(5, 3, sticky_transitions(3, 0.75)).entropy().nats, 4.0411, 5e-5);
}

TEST(ToysTest, BitPlanesSplitTheirEntropy) {
  const BitPlaneToy toy(16, 0.9);
  const MarkovToy high(16, 16, discretised_ou(16, 0.9));
  EXPECT_NEAR(toy.entropy().nats, high.entropy().nats + 16 * 4 * std::numbers::ln2, 1e-10);
  std::vector<int64_t> z(16, 256);
  z[3] = 0x5a;
  std::vector<double> log_p(16 * 256);
  toy.conditionals(z, log_p);
  std::vector<int64_t> high_z(16, 16);
  high_z[3] = 5;
  std::vector<double> high_log_p(16 * 16);
  high.conditionals(high_z, high_log_p);
  EXPECT_NEAR(log_p[4 * 256 + 0x6b], high_log_p[4 * 16 + 6] - std::log(16.0), 1e-12);
}

TEST(ToysTest, WhatHasNoKnownEntropyIsRefused) {
  const TokenShape shape{.height = 1, .width = 2, .channels = 1};
  EXPECT_THROW(TemplateToy(shape, 4, {{0, 0}, {1, 1}}, {0.5, 0.5}), InvalidArgument);
  EXPECT_NO_THROW(TemplateToy(shape, 4, {{0, 0}, {1, 2}}, {0.5, 0.5}));
  EXPECT_THROW(ProductToy(3, {0.5, 0.6}), InvalidArgument);
  EXPECT_THROW(MarkovToy(3, 2, {0.5, 0.5, 0.5, 0.6}), InvalidArgument);
  EXPECT_THROW((void)discretised_ou(4, 1.0), InvalidArgument);
}

}  // namespace
}  // namespace veil
