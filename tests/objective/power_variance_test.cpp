// How much noise the two estimators put into the gradient of learned powers, on a Markov chain whose conditionals are
// known. Prints the table that docs/trust.md quotes.
#include <gtest/gtest.h>

#include <cmath>
#include <iomanip>
#include <iostream>
#include <vector>

#include "base/torch.h"
#include "objective/value_schedule.h"
#include "toys/chain_toys.h"
#include "toys/oracle_denoiser.h"
#include "toys/toy_dataset.h"
#include "veil/nn/layers/initialization.h"
#include "veil/nn/token_powers.h"

namespace veil {
namespace {

TokenBatch draw(const MarkovToy& toy, int64_t size, int64_t step) {
  return {.tokens = draw_tokens(toy, size, static_cast<uint64_t>(step)).to(torch::kInt64),
          .labels = {},
          .example_ids = torch::arange(size)};
}

// Variance of the gradient of the powers of a batch, summed over them; the gradient's mean beside it.
struct Noise {
  double variance;
  torch::Tensor mean;
  torch::Tensor error;
};

Noise measure(OracleDenoiser& network, const MarkovToy& toy, PowerGradient gradient, double first_time) {
  constexpr int64_t kRounds = 300;
  constexpr int64_t kBatch = 16;
  const ObjectiveOptions options{
      .form = ObjectiveForm::kTime, .schedule = {}, .power_gradient = gradient, .first_time = first_time};
  std::vector<torch::Tensor> gradients;
  for (int64_t step = 0; step < kRounds; ++step) {
    const NoiseContext noise{.seed = 5, .step = step, .first = 0, .global_size = kBatch};
    const auto loss =
        continuous_time_loss(network, draw(toy, kBatch, step), options, noise, torch::kCPU).total().mean();
    gradients.push_back(torch::autograd::grad({loss}, {network.powers()->parameters().front()})[0].to(torch::kFloat64));
  }
  const auto all = torch::stack(gradients);
  return {all.var(0).sum().item<double>(), all.mean(0), all.std(0) / std::sqrt(static_cast<double>(kRounds))};
}

TEST(PowerVariance, AntitheticMasksAndAControlVariateTakeAtLeastTwoThirdsOfIt) {
  const MarkovToy toy(64, 16, discretised_ou(16, 0.8));
  // Its conditionals are the best denoiser while all powers are 1, where they start.
  OracleDenoiser network(toy, {.condition = Condition::kTime, .powers = Powers::kFree});
  initialize(network, 1);
  for (const double first_time : {1e-3, 1e-2}) {
    const auto reference = measure(network, toy, PowerGradient::kLeaveOneOut, first_time);
    const auto ours = measure(network, toy, PowerGradient::kDisarm, first_time);
    std::cout << "first_time " << first_time << ": variance of the powers' gradient, leave-one-out "
              << std::setprecision(4) << reference.variance << ", disarm " << ours.variance << ", ratio "
              << reference.variance / ours.variance << '\n';
    EXPECT_GT(reference.variance / ours.variance, 3.0);
    const auto off = (reference.mean - ours.mean).abs() / (reference.error.square() + ours.error.square()).sqrt();
    EXPECT_LT(off.max().item<double>(), 4.5) << "the two have different means";
  }
}

}  // namespace
}  // namespace veil
