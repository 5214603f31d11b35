#include "veil/evaluate/label_odds.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/toy_denoiser.h"
#include "toys/toy_dataset.h"
#include "veil/base/error.h"
#include "veil/data/split_part.h"

namespace veil {
namespace {

// Class c says p_c everywhere, whatever is masked.
class ClassDenoiser : public testing::RecordingDenoiser {
 public:
  explicit ClassDenoiser(torch::Tensor probabilities) : RecordingDenoiser(options_of(probabilities)) {
    log_p_ = probabilities.log();
  }

 private:
  static DenoiserOptions options_of(const torch::Tensor& probabilities) {
    auto options = testing::toy_options(6, probabilities.size(1));
    options.classes = probabilities.size(0);
    return options;
  }

  [[nodiscard]] torch::Tensor compute(const DenoiserInput& input) override {
    const auto rows = log_p_.index_select(0, input.labels.value());
    return rows.unsqueeze(1).expand({input.z.size(0), input.z.size(1), rows.size(1)});
  }

  torch::Tensor log_p_;
};

TensorDataset dataset_of(const torch::Tensor& tokens, std::vector<int64_t> labels, int64_t classes) {
  DatasetInfo info;
  info.name = "toy";
  info.shape = {1, 6, 1};
  info.vocab_size = 3;
  info.classes = classes;
  return {info, tokens.to(torch::kUInt8), torch::tensor(labels)};
}

// Examples of six equal tokens cost 6 * -ln p_c(token) whatever is masked. p by class (rows) and token:
//   0.7 0.2 0.1;  0.1 0.8 0.1;  0.25 0.25 0.5.
TEST(LabelOddsTest, AreTheLogarithmsOfTheLikelihoodsRatio) {
  ClassDenoiser network(torch::tensor({{0.7, 0.2, 0.1}, {0.1, 0.8, 0.1}, {0.25, 0.25, 0.5}}));
  const auto tokens = torch::tensor({0, 1, 2, 0}).unsqueeze(1).repeat({1, 6});
  const auto data = dataset_of(tokens, {0, 2, 0, 1}, 3);
  std::vector<int64_t> done;
  const auto odds = label_odds(network, data, {}, {}, [&](int64_t examples, int64_t all) {
    EXPECT_EQ(all, 12);
    done.push_back(examples);
  });
  ASSERT_EQ(odds.size(), 4U);
  const std::vector<int64_t> likeliest{2, 1, 2, 0};
  const std::vector<double> want{std::log(0.25 / 0.7), std::log(0.8 / 0.25), std::log(0.5 / 0.1), std::log(0.7 / 0.1)};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(odds[i].index, static_cast<int64_t>(i));
    EXPECT_EQ(odds[i].label, (std::vector<int64_t>{0, 2, 0, 1}[i]));
    EXPECT_EQ(odds[i].likeliest, likeliest[i]) << i;
    EXPECT_NEAR(odds[i].log_odds, 6 * want[i], 1e-5) << i;
  }
  EXPECT_EQ(done.back(), 12);
}

// Every position has its own p_c(token), whatever is masked: what a pass costs is then the mean over its mask.
class PlaceDenoiser : public testing::RecordingDenoiser {
 public:
  // nats: float64 [C, L], what token 0 costs; the other two share the rest.
  explicit PlaceDenoiser(const torch::Tensor& nats) : RecordingDenoiser(options_of(nats)) {
    const auto other = torch::log1p(-torch::exp(-nats)) - std::log(2.0);
    log_p_ = torch::stack({-nats, other, other}, 2).to(torch::kFloat);
  }

 private:
  static DenoiserOptions options_of(const torch::Tensor& nats) {
    auto options = testing::toy_options(nats.size(1), 3);
    options.classes = nats.size(0);
    return options;
  }

  [[nodiscard]] torch::Tensor compute(const DenoiserInput& input) override {
    return log_p_.index_select(0, input.labels.value());
  }

  torch::Tensor log_p_;
};

// The law of large numbers is the judge: over many seeds the squared errors have the mean that the log-odds have as
// their variance, and the log-odds have the mean that sums over the positions give.
TEST(LabelOddsTest, TheErrorIsThatOfTheDifference) {
  const auto shared = torch::tensor({0.1, 3.0, 0.2, 2.0, 0.3, 1.0}, torch::kFloat64);
  const auto apart = torch::tensor({0.8, 0.0, 0.4, 0.0, 0.0, 0.2}, torch::kFloat64);
  PlaceDenoiser network(torch::stack({shared + apart, shared}));
  auto data = dataset_of(torch::zeros({1, 6}, torch::kInt64), {0}, 2);
  constexpr int kSeeds = 600;
  double sum = 0;
  double squares = 0;
  double variances = 0;
  for (int seed = 0; seed < kSeeds; ++seed) {
    EvaluationOptions options;
    options.passes = 4;
    options.replicates = 4;
    options.seed = static_cast<uint64_t>(seed);
    const auto odds = label_odds(network, data, options).front();
    sum += odds.log_odds;
    squares += odds.log_odds * odds.log_odds;
    variances += odds.standard_error * odds.standard_error;
  }
  const double mean = sum / kSeeds;
  const double variance = squares / kSeeds - mean * mean;
  EXPECT_NEAR(mean, 1.4, 5 * std::sqrt(variance / kSeeds));
  EXPECT_GT(variance, 0.01);
  EXPECT_NEAR(variances / kSeeds, variance, 0.25 * variance);
}

TEST(LabelOddsTest, WhatBothClassesShareIsNoError) {
  const auto shared = torch::tensor({0.1, 3.0, 0.2, 2.0, 0.3, 1.0}, torch::kFloat64);
  PlaceDenoiser network(torch::stack({shared + 0.5, shared}));
  const auto data = dataset_of(torch::zeros({1, 6}, torch::kInt64), {0}, 2);
  EvaluationOptions options;
  options.passes = 8;
  options.replicates = 4;
  const auto odds = label_odds(network, data, options).front();
  EXPECT_NEAR(odds.log_odds, 6 * 0.5, 1e-5);
  EXPECT_NEAR(odds.standard_error, 0, 1e-5);
}

TEST(LabelOddsTest, ALimitTakesTheExamplesThatEvaluateTakes) {
  ClassDenoiser network(torch::tensor({{0.6, 0.2, 0.2}, {0.2, 0.6, 0.2}}));
  std::vector<int64_t> labels(30, 0);
  std::fill(labels.begin() + 12, labels.end(), 1);
  const auto data = dataset_of((torch::arange(30) % 3).unsqueeze(1).repeat({1, 6}), labels, 2);
  const auto odds = label_odds(network, data, {.limit = 7});
  const auto part = part_of_split(data, 7);
  ASSERT_EQ(odds.size(), 7U);
  for (size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(odds[i].index, part[i]);
    EXPECT_EQ(odds[i].label, labels[static_cast<size_t>(part[i])]);
  }
}

TEST(LabelOddsTest, WantsAModelThatIsToldOneOfSeveralClasses) {
  const auto tokens = torch::zeros({2, 6}, torch::kInt64);
  testing::ConstantDenoiser without(testing::toy_options(6, 3), torch::zeros({3}));
  EXPECT_THROW((void)label_odds(without, dataset_of(tokens, {0, 1}, 2), {}), InvalidArgument);
  ClassDenoiser one(torch::tensor({{0.4, 0.3, 0.3}}));
  EXPECT_THROW((void)label_odds(one, dataset_of(tokens, {0, 0}, 1), {}), InvalidArgument);
  ClassDenoiser two(torch::tensor({{0.4, 0.3, 0.3}, {0.2, 0.4, 0.4}}));
  EXPECT_THROW((void)label_odds(two, dataset_of(tokens, {0, 1}, 3), {}), InvalidArgument);
}

}  // namespace
}  // namespace veil
