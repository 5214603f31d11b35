#include "veil/evaluate/position_bits.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "support/toy_denoiser.h"
#include "toys/oracle_denoiser.h"
#include "toys/toy_dataset.h"
#include "veil/base/error.h"

namespace veil {
namespace {

using testing::ConstantDenoiser;
using testing::MixingDenoiser;
using testing::toy_options;

std::vector<PositionBits> maps_of(Denoiser& network, const Dataset& data, const EvaluationReport& report,
                                  const std::vector<int64_t>& indices, const EvaluationOptions& options) {
  std::vector<double> bits;
  for (const auto index : indices) {
    bits.push_back(report.example_bits[static_cast<size_t>(index)]);
  }
  return position_bits(network, data, indices, bits, options);
}

double sum_of(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

TEST(PositionBitsTest, AddUpToTheFigureOfTheirExample) {
  MixingDenoiser network(toy_options(10, 5), 0.0);
  torch::manual_seed(1);
  const auto data = toy_dataset(torch::randint(5, {9, 10}, torch::kInt64).to(torch::kUInt8), 5);
  for (const auto form : {ObjectiveForm::kCount, ObjectiveForm::kTime}) {
    const EvaluationOptions options{.form = form, .passes = 4, .seed = 2};
    const auto report = evaluate(network, data, options);
    const auto maps = maps_of(network, data, report, {7, 2}, options);
    ASSERT_EQ(maps.size(), 2U);
    EXPECT_EQ(maps[0].index, 7);
    EXPECT_EQ(maps[1].index, 2);
    EXPECT_NEAR(sum_of(maps[0].bits), 10 * report.example_bits[7], 1e-9);
    EXPECT_NEAR(sum_of(maps[1].bits), 10 * report.example_bits[2], 1e-9);
  }
}

// Where a token costs the same in every pass, positions are to each other as these costs are, however few passes.
TEST(PositionBitsTest, CostsThatMasksDoNotChangeAreTheirOwnMap) {
  const auto logits = torch::tensor({0.0F, 1.0F, -2.0F, 3.0F});
  ConstantDenoiser network(toy_options(6, 4), logits);
  const auto tokens = torch::tensor({{3, 2, 2, 0, 1, 3}});
  const auto data = toy_dataset(tokens.to(torch::kUInt8), 4);
  const EvaluationOptions options{.passes = 16};
  const auto map = maps_of(network, data, evaluate(network, data, options), {0}, options).front();
  const auto cost = -torch::log_softmax(logits.to(torch::kFloat64), 0).index_select(0, tokens[0]);
  for (int64_t i = 0; i < 6; ++i) {
    EXPECT_NEAR(map.bits[static_cast<size_t>(i)] / map.bits[0], cost[i].item<double>() / cost[0].item<double>(), 1e-6);
  }
}

// Every mask of four tokens is enumerated: position i has the mean over k of its mean cost where it is among k masked.
TEST(PositionBitsTest, ManyPassesGiveTheExpectationOverAllMasks) {
  const auto joint = random_joint(4, 3, 7);
  OracleDenoiser network{ToyConditionals(joint, /*strength=*/1.0)};
  const auto data = toy_dataset(draw_tokens(EnumeratedToy(joint), 1, 5), 3);
  const auto x0 = data.get(std::vector<int64_t>{0}).tokens;
  std::vector<double> want(4, 0.0);
  for (int64_t mask = 1; mask < 16; ++mask) {
    auto z = x0.clone();
    int64_t count = 0;
    for (int64_t i = 0; i < 4; ++i) {
      if ((mask >> i & 1) != 0) {
        z[0][i] = 3;
        ++count;
      }
    }
    const auto log_p =
        torch::log_softmax(network.logits({.z = z, .noise_level = {}, .labels = {}}).to(torch::kFloat64), 2);
    const std::vector<double> with_i{0, 1, 3, 3, 1};  // masks of k positions that hold a given one
    for (int64_t i = 0; i < 4; ++i) {
      if ((mask >> i & 1) != 0) {
        const double bits = -log_p[0][i][x0[0][i].item<int64_t>()].item<double>() / std::log(2.0);
        want[static_cast<size_t>(i)] += bits / with_i[static_cast<size_t>(count)] / 4;
      }
    }
  }
  const EvaluationOptions options{.passes = 20'000, .rows_per_call = 500};
  const auto report = evaluate(network, data, options);
  EXPECT_NEAR(4 * report.example_bits[0], sum_of(want), 0.02 * sum_of(want));
  const auto map = maps_of(network, data, report, {0}, options).front();
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(map.bits[i], want[i], 0.03 * want[i]) << i;
  }
}

// Two passes over forty positions leave some unmasked in both; certainty leaves nothing to share out.
TEST(PositionBitsTest, WhatNoPassMaskedHasTheMeanAndNothingIsNotANumber) {
  ConstantDenoiser network(toy_options(40, 2), torch::zeros({2}));
  const auto data = toy_dataset(torch::zeros({1, 40}, torch::kUInt8), 2);
  const EvaluationOptions options{.passes = 2};
  const auto equal = maps_of(network, data, evaluate(network, data, options), {0}, options);
  for (const double bits : equal.front().bits) {
    EXPECT_NEAR(bits, 1, 1e-9);
  }
  ConstantDenoiser certain(toy_options(40, 2), torch::tensor({1000.0F, -1000.0F}));
  const auto nothing = maps_of(certain, data, evaluate(certain, data, options), {0}, options);
  for (const double bits : nothing.front().bits) {
    EXPECT_EQ(bits, 0);
  }
  EXPECT_THROW((void)position_bits(network, data, std::vector<int64_t>{0}, std::vector<double>{}, options),
               InvalidArgument);
}

}  // namespace
}  // namespace veil
