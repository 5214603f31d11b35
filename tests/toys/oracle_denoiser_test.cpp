#include "toys/oracle_denoiser.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "base/torch.h"
#include "toys/simple_toys.h"
#include "veil/base/error.h"

namespace veil {
namespace {

std::vector<double> rows_of(const Conditionals& conditionals, const std::vector<int64_t>& z, int64_t vocab) {
  std::vector<double> log_p(z.size() * static_cast<size_t>(vocab), 0.0);
  conditionals(z, log_p);
  return log_p;
}

double total(const std::vector<double>& log_p, int64_t row, int64_t vocab) {
  double sum = 0;
  for (int64_t v = 0; v < vocab; ++v) {
    sum += std::exp(log_p[row * vocab + v]);
  }
  return sum;
}

TEST(OracleDenoiserTest, AnswersInFloat64WithImpossibleValuesFarBelow) {
  const AllEqualToy toy(3, 4);
  OracleDenoiser network(toy);
  network.eval();
  const auto logits =
      network.logits({.z = torch::tensor({{4, 2, 4}, {4, 4, 4}}, torch::kInt64), .noise_level = {}, .labels = {}});
  EXPECT_EQ(logits.scalar_type(), torch::kFloat64);
  EXPECT_EQ(logits.sizes(), (torch::IntArrayRef{2, 3, 4}));
  EXPECT_EQ(logits[0][0][2].item<double>(), 0.0);
  EXPECT_EQ(logits[0][0][1].item<double>(), -1000.0);
  EXPECT_EQ(std::exp(-1000.0), 0.0);
  EXPECT_NEAR(logits[1][2][3].item<double>(), -std::log(4.0), 1e-15);
}

TEST(OracleDenoiserTest, DropsOutInTrainingModeOnly) {
  const ProductToy toy(200, {0.5, 0.5});
  OracleDenoiser network(toy, {.dropout = 0.5});
  const DenoiserInput input{.z = torch::full({1, 200}, 2, torch::kInt64), .noise_level = {}, .labels = {}};
  EXPECT_GT((network.logits(input) == 0).sum().item<int64_t>(), 100);
  network.eval();
  EXPECT_EQ((network.logits(input) == 0).sum().item<int64_t>(), 0);
  EXPECT_THROW(OracleDenoiser(toy, {.dropout = 1.0}), InvalidArgument);
}

TEST(OracleDenoiserTest, PerturbedModelsAreNormalisedAndDifferBetweenPartialStates) {
  const ParityToy toy(4);
  const auto model = perturbed(conditionals_of(toy), 2, 0.5, 1);
  const auto one = rows_of(model, {2, 2, 0, 0}, 2);
  const auto other = rows_of(model, {2, 2, 0, 1}, 2);
  EXPECT_NEAR(total(one, 0, 2), 1, 1e-14);
  EXPECT_NEAR(total(one, 1, 2), 1, 1e-14);
  EXPECT_NE(one[0], other[0]);
  EXPECT_NE(one[0], one[2]);
  EXPECT_NEAR(one[0], -std::log(2.0), 1.0);
  const auto last = rows_of(model, {1, 2, 0, 0}, 2);
  EXPECT_EQ(last[2], -std::numeric_limits<double>::infinity());
  EXPECT_EQ(last[3], 0.0);
}

TEST(OracleDenoiserTest, TemperedModelsRaiseProbabilitiesToTheInverse) {
  const ProductToy toy(2, {0.8, 0.2});
  const auto rows = rows_of(tempered(conditionals_of(toy), 2, 0.5), {2, 2}, 2);
  EXPECT_NEAR(rows[0], std::log(0.64 / 0.68), 1e-14);
  EXPECT_THROW((void)tempered(conditionals_of(toy), 2, 0.0), InvalidArgument);
}

}  // namespace
}  // namespace veil
