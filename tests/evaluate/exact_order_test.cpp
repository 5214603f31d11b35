#include "veil/evaluate/exact_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "support/toy_denoiser.h"
#include "toys/oracle_denoiser.h"
#include "toys/toy_dataset.h"
#include "veil/base/error.h"
#include "veil/data/split_part.h"

namespace veil {
namespace {

using testing::ConstantDenoiser;
using testing::MixingDenoiser;
using testing::toy_options;

const std::vector<const char*> kOrders{"raster", "bit-reversed", "random:3"};

EvaluationReport run(Denoiser& network, const Dataset& data, const RevealOptions& order,
                     const EvaluationOptions& options = {}) {
  return exact_order_likelihood(network, data, order, options);
}

RevealOptions order_of(const char* name, int64_t groups) {
  auto order = parse_reveal_order(name);
  order.groups = groups;
  return order;
}

torch::Tensor all_states(const ToyJoint& joint) {
  auto tokens = torch::empty({joint.states(), joint.length}, torch::kUInt8);
  for (int64_t state = 0; state < joint.states(); ++state) {
    for (int64_t i = 0; i < joint.length; ++i) {
      tokens.data_ptr<uint8_t>()[state * joint.length + i] = static_cast<uint8_t>(joint.token(state, i));
    }
  }
  return tokens;
}

// Whatever the network says: an inconsistent one, one at a time or in groups.
TEST(ExactOrderTest, ProbabilitiesOfAllExamplesAddUpToOne) {
  const auto joint = random_joint(4, 3, 7);
  OracleDenoiser network{ToyConditionals(joint, /*strength=*/1.0)};
  const auto data = toy_dataset(all_states(joint), joint.vocab);
  for (const char* name : kOrders) {
    for (const int64_t groups : {1, 2, 3, 4}) {
      const auto report = run(network, data, order_of(name, groups), {.rows_per_call = 64});
      double total = 0;
      for (const double bits : report.example_bits) {
        total += std::exp2(-bits * static_cast<double>(joint.length));
      }
      EXPECT_NEAR(total, 1, 1e-12) << name << " in " << groups << " groups";
    }
  }
}

TEST(ExactOrderTest, TrueConditionalsGiveTheLogProbabilityInEveryOrder) {
  const EnumeratedToy toy(markov_joint(5, 3, 6.0));
  OracleDenoiser network(toy);
  const auto tokens = all_states(toy.joint());
  const auto nats = code_lengths(toy, tokens);
  for (const char* name : kOrders) {
    const auto report = run(network, toy_dataset(tokens, toy), order_of(name, 0), {.rows_per_call = 100});
    for (size_t i = 0; i < nats.size(); ++i) {
      EXPECT_NEAR(report.example_bits[i], bits_per_dim(nats[i], 5), 1e-11) << name;
    }
  }
}

TEST(ExactOrderTest, BatchSizeDoesNotChangeABit) {
  MixingDenoiser network(toy_options(10, 5, Condition::kMaskFraction), 0.1);
  torch::manual_seed(1);
  const auto data = toy_dataset(torch::randint(5, {7, 10}, torch::kInt64).to(torch::kUInt8), 5);
  const auto order = order_of("bit-reversed", 4);
  const auto want = run(network, data, order, {.batch_size = 7, .rows_per_call = 8});
  for (const int64_t batch : {1, 3, 64}) {
    const auto got = run(network, data, order, {.batch_size = batch, .rows_per_call = 8});
    EXPECT_EQ(got.example_bits, want.example_bits);
    EXPECT_EQ(got.standard_error, want.standard_error);
  }
  EXPECT_FALSE(network.calls.back().training);
  EXPECT_TRUE(network.is_training());
}

TEST(ExactOrderTest, TellsTheNetworkHowMuchIsMasked) {
  ConstantDenoiser network(toy_options(10, 4, Condition::kMaskFraction), torch::zeros({4}));
  const auto data = toy_dataset(torch::zeros({2, 10}, torch::kUInt8), 4);
  const auto report = run(network, data, {.group_sizes = {1, 2, 7}}, {.rows_per_call = 3});
  ASSERT_EQ(network.calls.size(), 2U);
  for (const auto& call : network.calls) {
    EXPECT_EQ(call.masked, (std::vector<int64_t>{10, 9, 7}));
    EXPECT_EQ(call.noise_level, (std::vector<float>{1.0F, 0.9F, 0.7F}));
  }
  EXPECT_NEAR(report.bits_per_dim, 2, 1e-12);
  ConstantDenoiser timed(toy_options(10, 4, Condition::kTime), torch::zeros({4}));
  (void)run(timed, data, {.groups = 2}, {.schedule = parse_schedule("poly2"), .rows_per_call = 2});
  EXPECT_FLOAT_EQ(timed.calls.front().noise_level[0], 1.0F);
  EXPECT_FLOAT_EQ(timed.calls.front().noise_level[1], static_cast<float>(std::sqrt(0.5)));
}

TEST(ExactOrderTest, ReportSaysWhatWasMeasured) {
  ConstantDenoiser network(toy_options(10, 2), torch::zeros({2}));
  const auto data = toy_dataset(torch::zeros({7, 10}, torch::kUInt8), 2);
  const auto report = run(network, data, order_of("random:3", 5), {.limit = 4});
  EXPECT_EQ(report.estimator, "exact-order random:3, 5 groups");
  EXPECT_EQ(report.examples, 4);
  EXPECT_EQ(report.dataset_size, 7);
  EXPECT_EQ(report.passes, 5);
  EXPECT_EQ(report.mask_standard_error, 0);
  EXPECT_NEAR(report.bits_per_dim, 1, 1e-12);
  EXPECT_EQ(report.profile.back().last_count, 10);
}

TEST(ExactOrderTest, LimitScoresThePartThatTheBoundScores) {
  MixingDenoiser network(toy_options(10, 5), 0.0);
  torch::manual_seed(1);
  const auto data = toy_dataset(torch::randint(5, {40, 10}, torch::kInt64).to(torch::kUInt8), 5);
  const auto all = run(network, data, order_of("raster", 5), {});
  const auto part = run(network, data, order_of("raster", 5), {.limit = 9, .batch_size = 2});
  EXPECT_EQ(part.example_indices, part_of_split(data, 9));
  ASSERT_EQ(part.example_bits.size(), 9U);
  for (size_t i = 0; i < 9; ++i) {
    EXPECT_EQ(part.example_bits[i], all.example_bits[static_cast<size_t>(part.example_indices[i])]) << i;
  }
}

TEST(ExactOrderTest, ImpossibleTokensNameTheExample) {
  ConstantDenoiser network(toy_options(4, 2), torch::tensor({0.0F, -std::numeric_limits<float>::infinity()}));
  auto tokens = torch::zeros({5, 4}, torch::kUInt8);
  tokens[3].fill_(1);
  EXPECT_THROW((void)run(network, toy_dataset(tokens, 2), {}), NumericalError);
  EXPECT_THROW((void)run(network, toy_dataset(torch::zeros({3, 5}, torch::kUInt8), 2), {}), InvalidArgument);
}

}  // namespace
}  // namespace veil
