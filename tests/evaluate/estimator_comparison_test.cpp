// Mask variances of the estimators on toys where they are known in closed form.
#include "evaluate/estimator_comparison.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "support/toy_denoiser.h"
#include "toys/oracle_denoiser.h"
#include "base/quadrature.h"
#include "toys/toy_dataset.h"
#include "veil/base/error.h"
#include "veil/diffusion/mask_schedule.h"

namespace veil {
namespace {

using testing::ConstantDenoiser;
using testing::toy_options;

std::vector<EstimatorFigures> compare(Denoiser& network, const TensorDataset& data,
                                      const EstimatorComparisonOptions& options) {
  return compare_estimators(network, data, options);
}

double squared_bits(double nats, int64_t length) { return nats * std::pow(bits_per_dim(1.0, length), 2); }

void expect_variance(const EstimatorFigures& figures, double want) {
  EXPECT_NEAR(figures.variance, want, 4 * figures.variance_error) << figures.name;
  EXPECT_LT(figures.variance_error, 0.2 * want) << figures.name;
  ::testing::Test::RecordProperty(figures.name, std::to_string((figures.variance - want) / figures.variance_error));
}

// A network that says the same everywhere: position i of an example costs c_i whatever is masked.
struct Costs {
  std::vector<double> nats;

  [[nodiscard]] double sum() const { return std::accumulate(nats.begin(), nats.end(), 0.0); }
  [[nodiscard]] double squares() const { return std::inner_product(nats.begin(), nats.end(), nats.begin(), 0.0); }
};

std::vector<Costs> costs_of(const torch::Tensor& tokens, const torch::Tensor& logits) {
  const auto log_p = torch::log_softmax(logits.to(torch::kFloat64), 0);
  std::vector<Costs> costs;
  for (int64_t i = 0; i < tokens.size(0); ++i) {
    const auto nats = (-log_p.index_select(0, tokens[i].to(torch::kInt64))).contiguous();
    costs.push_back({{nats.const_data_ptr<double>(), nats.const_data_ptr<double>() + nats.numel()}});
  }
  return costs;
}

// A pass of k masked positions is worth n times the mean of k of n costs without replacement; the level by itself has
// no effect. `passes` must divide the number of counts, so that strata are alike in size.
double count_variance(const Costs& costs, int64_t passes) {
  const auto n = static_cast<double>(costs.nats.size());
  const double spread = costs.squares() / n - std::pow(costs.sum() / n, 2);
  double sum = 0;  // over all strata, which hold equally many counts each
  for (double k = 1; k <= n; ++k) {
    sum += n * n * spread / k * (n - k) / (n - 1);
  }
  return sum / n / static_cast<double>(passes);
}

// One at time t is worth w(t) times the sum of the masked costs: mean w mu sum(c), variance w^2 mu (1 - mu) sum(c^2).
// The variance of the mean over rows b at times (u + b / B) mod 1 for u uniform: the mean of the variance given u, and
// the variance of the mean given u. u = (shift + v) / B with v in (0, 1), where nothing jumps.
double spread_variance(const std::vector<Costs>& rows, const MaskSchedule& schedule) {
  const auto count = static_cast<int64_t>(rows.size());
  const auto rule = gauss_legendre(40);
  double within = 0;
  double first = 0;
  double second = 0;
  for (int64_t shift = 0; shift < count; ++shift) {
    for (size_t node = 0; node < rule.nodes.size(); ++node) {
      double mean = 0;
      for (int64_t b = 0; b < count; ++b) {
        const double t = (static_cast<double>((shift + b) % count) + rule.nodes[node]) / static_cast<double>(count);
        const double mu = schedule.masked_fraction(t);
        const double weight = -schedule.loss_weight(t) / static_cast<double>(count);
        const auto& row = rows[static_cast<size_t>(b)];
        mean += weight * mu * row.sum();
        within += rule.weights[node] / static_cast<double>(count) * weight * weight * mu * (1 - mu) * row.squares();
      }
      first += rule.weights[node] / static_cast<double>(count) * mean;
      second += rule.weights[node] / static_cast<double>(count) * mean * mean;
    }
  }
  return within + second - first * first;
}

struct Want {
  double count = 0;
  double time = 0;
  double batch = 0;
  double mean = 0;  // bits per dimension
};

Want truth(const std::vector<Costs>& costs, const EstimatorComparisonOptions& options) {
  auto clipped = options.schedule;
  clipped.clip = options.clip;
  const MaskSchedule schedule(clipped);
  const auto length = static_cast<int64_t>(costs.front().nats.size());
  const auto examples = static_cast<double>(costs.size());
  Want want;
  for (const auto& one : costs) {
    const std::vector<Costs> passes(static_cast<size_t>(options.passes), one);
    want.count += squared_bits(count_variance(one, options.passes), length) / examples;
    want.time += squared_bits(spread_variance(passes, schedule), length) / examples;
    want.mean += bits_per_dim(one.sum(), length) / examples;
  }
  const size_t batches = costs.size() / static_cast<size_t>(options.batch_size);
  for (size_t first = 0; first < batches; ++first) {
    std::vector<Costs> batch;
    for (size_t i = first; i < costs.size(); i += batches) {
      batch.push_back(costs[i]);
    }
    const double size = static_cast<double>(options.batch_size) / static_cast<double>(options.passes);
    want.batch += squared_bits(spread_variance(batch, schedule), length) * size *
                  static_cast<double>(options.batch_size) / examples;
  }
  return want;
}

// With the linear schedule E[value | t] is the same for every t, and the variances of both forms in time are
//   (1 - 2 clip) (ln((1 - clip) / clip) - (1 - 2 clip)) sum(c^2) / J.
// With the square it is proportional to t, so that the more times are spread evenly the less is left of that.
TEST(EstimatorComparisonTest, CostsThatMasksDoNotChangeHaveClosedForms) {
  constexpr int64_t kLength = 24;
  const auto logits = torch::tensor({0.0F, 1.0F, -2.0F, 3.0F});
  ConstantDenoiser network(toy_options(kLength, 4), logits);
  torch::manual_seed(1);
  for (const char* schedule : {"linear", "poly2"}) {
    const EstimatorComparisonOptions options{.schedule = parse_schedule(schedule),
                                             .clip = 0.03,
                                             .passes = 2,
                                             .repeats = 10,
                                             .batch_size = 8,
                                             .limit = 240,
                                             .seed = 5};
    const auto tokens = torch::randint(4, {options.limit, kLength}, torch::kInt64).to(torch::kUInt8);
    const auto costs = costs_of(tokens, logits);
    const auto want = truth(costs, options);
    if (std::string(schedule) == "linear") {
      const double slope = 1 - 2 * options.clip;
      double squares = 0;
      for (const auto& one : costs) {
        squares += one.squares() / static_cast<double>(options.limit) / 2;
      }
      const double closed = slope * (std::log((1 - options.clip) / options.clip) - slope) * squares;
      EXPECT_NEAR(want.time, squared_bits(closed, kLength), 1e-6 * want.time);
      EXPECT_NEAR(want.batch, squared_bits(closed, kLength), 1e-6 * want.batch);
    } else {
      EXPECT_GT(want.time, 1.5 * want.batch) << "one could be mistaken for the other";
    }
    const auto figures = compare(network, toy_dataset(tokens, 4), options);
    ASSERT_EQ(figures.size(), 4U);
    expect_variance(figures[1], want.count);
    expect_variance(figures[2], want.time);
    expect_variance(figures[3], want.batch);
    EXPECT_NEAR(figures[1].bits_per_dim, want.mean, 4 * figures[1].standard_error);
    // The clip leaves out 2 clip of the integral and adds 2 clip n ln V.
    const double clipped = (1 - 2 * options.clip) * want.mean + 2 * options.clip * 2;
    EXPECT_NEAR(figures[2].bits_per_dim, clipped, 4 * figures[2].standard_error);
    EXPECT_NEAR(figures[3].bits_per_dim, clipped, 4 * figures[3].standard_error);
    EXPECT_NEAR(figures[3].ratio, want.batch / figures[0].variance, 4 * figures[3].ratio_error);
    EXPECT_LT(figures[1].ratio_error, figures[1].ratio);
    EXPECT_GT(figures[1].ratio, 1.5) << "what a position costs is the same in every pass here";
    EXPECT_NEAR(figures[0].bits_per_dim, want.mean, 4 * figures[0].standard_error);
    EXPECT_EQ(figures[0].ratio, 1.0);
    EXPECT_EQ(figures[0].ratio_error, 0.0);
    EXPECT_EQ(figures[1].degrees_of_freedom, 240 * 9);
    EXPECT_EQ(figures[3].degrees_of_freedom, 30 * (2 * 10 - 1));
  }
}

// n equal tokens under their true conditionals cost n ln V if all are masked and nothing otherwise. Of four counts in
// two strata only the last one masks all: with probability 1/2 in the second pass, which is half of the figure.
TEST(EstimatorComparisonTest, StrataHaveTheVarianceOfTheirEnumeration) {
  const EstimatorComparisonOptions options{.passes = 2, .repeats = 4, .batch_size = 5, .limit = 300, .seed = 3};
  const auto joint = all_equal_joint(4, 3);
  OracleDenoiser network{ToyConditionals(joint)};
  const auto data = toy_dataset(draw_tokens(EnumeratedToy(joint), options.limit, 1), 3);
  const auto figures = compare(network, data, options);
  EXPECT_EQ(figures[0].name, "count-controlled");
  EXPECT_EQ(figures[1].name, "count-stratified");
  EXPECT_EQ(figures[2].name, "time-stratified");
  EXPECT_EQ(figures[3].name, "time-batch");
  expect_variance(figures[1], squared_bits(std::pow(4 * std::log(3.0) / 2, 2) / 4, 4));
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_NEAR(figures[i].bits_per_dim, bits_per_dim(joint.entropy(), 4), 4 * figures[i].standard_error);
  }
}

TEST(EstimatorComparisonTest, NothingDependsOnTheSizeOfACall) {
  testing::MixingDenoiser network(toy_options(10, 5, Condition::kMaskFraction), 0.1);
  torch::manual_seed(1);
  const auto data = toy_dataset(torch::randint(5, {13, 10}, torch::kInt64).to(torch::kUInt8), 5);
  EstimatorComparisonOptions options{.passes = 2, .repeats = 3, .batch_size = 6, .limit = 0, .rows_per_call = 32};
  const auto want = compare(network, data, options);
  EXPECT_TRUE(network.is_training());
  EXPECT_FALSE(network.calls.back().training);
  options.rows_per_call = 4;
  const auto got = compare(network, data, options);
  for (size_t i = 0; i < want.size(); ++i) {
    EXPECT_EQ(want[i].batches, 2) << "the 13th example would fill no batch";
    EXPECT_NEAR(got[i].bits_per_dim, want[i].bits_per_dim, 1e-5);
    EXPECT_NEAR(got[i].variance, want[i].variance, 1e-4 * want[i].variance);
  }
}

// 2.0796 is the two-sided 95 % quantile of Student's t with 21 degrees of freedom, 4.3027 that with 2, 12.7062 with 1.
TEST(EstimatorComparisonTest, IntervalsKnowHowFewBatchesThereWere) {
  testing::MixingDenoiser network(toy_options(10, 5), 0.0);
  torch::manual_seed(1);
  const auto data = toy_dataset(torch::randint(5, {66, 10}, torch::kInt64).to(torch::kUInt8), 5);
  for (const auto& [batch, quantile] :
       std::vector<std::pair<int64_t, double>>{{3, 2.0796}, {22, 4.3027}, {33, 12.7062}}) {
    for (const auto& row : compare(network, data, {.passes = 2, .repeats = 2, .batch_size = batch, .limit = 0})) {
      EXPECT_NEAR(row.variance_half_width, quantile * row.variance_error, 1e-4 * row.variance_half_width) << row.name;
      EXPECT_NEAR(row.ratio_half_width, quantile * row.ratio_error, 1e-4 * row.ratio_half_width) << row.name;
    }
  }
  const auto one = compare(network, data, {.passes = 2, .repeats = 2, .batch_size = 66, .limit = 0});
  EXPECT_TRUE(std::isnan(one[1].variance_half_width));
  EXPECT_TRUE(std::isnan(one[1].ratio_half_width));
  EXPECT_EQ(one[1].degrees_of_freedom, 66);
  EXPECT_NEAR(one[1].half_width, 1.9966 * one[1].standard_error, 1e-4 * one[1].half_width);  // 66 degrees of freedom
}

// Three classes of 40, each an example of its own kind: every batch must hold all of them, however they are sorted.
TEST(EstimatorComparisonTest, BatchesOfASortedSetAreAlike) {
  const auto logits = torch::tensor({0.0F, 1.0F, 5.0F});
  ConstantDenoiser network(toy_options(6, 3), logits);
  const auto kinds = torch::tensor({{0, 0, 0, 0, 0, 1}, {1, 1, 1, 2, 2, 2}, {2, 2, 2, 2, 2, 0}}).to(torch::kUInt8);
  const auto tokens = kinds.repeat_interleave(40, 0);
  const auto figures =
      compare(network, toy_dataset(tokens, 3), {.passes = 1, .repeats = 200, .batch_size = 12, .limit = 0});
  EXPECT_EQ(figures[1].batches, 10);
  EXPECT_LT(figures[1].variance_error, 0.05 * figures[1].variance);
}

TEST(EstimatorComparisonTest, WhatCannotBeMeasuredIsRefused) {
  ConstantDenoiser network(toy_options(4, 2), torch::zeros({2}));
  const auto data = toy_dataset(torch::zeros({6, 4}, torch::kUInt8), 2);
  const EstimatorComparisonOptions sound{.passes = 1, .repeats = 2, .batch_size = 3};
  EXPECT_NO_THROW((void)compare(network, data, sound));
  std::vector<EstimatorComparisonOptions> faults(7, sound);
  faults[0].passes = 0;
  faults[1].repeats = 1;
  faults[2].batch_size = 7;
  faults[3].batch_size = 0;
  faults[4].clip = 0;
  faults[5].limit = -1;
  faults[6].rows_per_call = 0;
  for (size_t i = 0; i < faults.size(); ++i) {
    EXPECT_THROW((void)compare(network, data, faults[i]), InvalidArgument) << i;
  }
}

}  // namespace
}  // namespace veil
