// Faults that samplers of this kind have had, put in on purpose: the gate named must see each.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <numeric>
#include <vector>

#include "base/torch.h"
#include "selfcheck/sampler_gates.h"
#include "veil/diffusion/time_grid.h"

namespace veil {
namespace {

std::vector<double> probabilities_of(std::span<const float> logits) {
  std::vector<double> p(logits.size());
  std::transform(logits.begin(), logits.end(), p.begin(),
                 [](float logit) { return std::exp(static_cast<double>(logit)); });
  const double total = std::accumulate(p.begin(), p.end(), 0.0);
  std::transform(p.begin(), p.end(), p.begin(), [total](double q) { return q / total; });
  return p;
}

// Index of the slot that holds u, of slots as long as `lengths`.
int64_t slot_of(const std::vector<double>& lengths, double u) {
  const double at = u * std::accumulate(lengths.begin(), lengths.end(), 0.0);
  double sum = 0;
  int64_t last = 0;
  for (size_t v = 0; v < lengths.size() && sum <= at; ++v) {
    sum += lengths[v];
    last = lengths[v] > 0 ? static_cast<int64_t>(v) : last;
  }
  return last;
}

// Ancestral sampling that leaves what is still masked after the last step to the likeliest value.
torch::Tensor leftovers_by_arg_max(Denoiser& denoiser, const SampleOptions& options) {
  if (options.steps > 1000) {
    return own_subjects().sampling(denoiser, options);  // nothing is left over then; too slow this way
  }
  torch::manual_seed(1);
  const int64_t mask_id = denoiser.options().vocab_size;
  const MaskSchedule schedule(options.schedule);
  const auto times = time_grid(options.grid, options.steps);
  auto z = torch::full({options.count, denoiser.options().shape.length()}, mask_id, torch::kInt64);
  const auto predict = [&] { return denoiser.logits({.z = z, .noise_level = {}, .labels = {}}); };
  for (int64_t step = 0; step < options.steps; ++step) {
    const auto p = predict().softmax(-1);
    const auto drawn = p.flatten(0, 1).multinomial(1).view_as(z);
    const auto revealed =
        torch::rand(z.sizes(), torch::kFloat64) < schedule.unmask_probability(times[step + 1], times[step]);
    z = torch::where(revealed.logical_and(z == mask_id), drawn, z);
  }
  return torch::where(z == mask_id, predict().argmax(-1), z);
}

TEST(SamplerFaultsTest, LeftoversByArgMaxFailG3) { EXPECT_FALSE(passed(sampler_law_gate(leftovers_by_arg_max), "G3")); }

// One race of exponentials E_v / theta_v over the mask and all values at once, as in a (V+1)-way draw, theta_v being
// the step's probability of a reveal times p_v, with E = -log U and U a multiple of 2^-24. Given that a value wins, the
// mask's E has the density of a Gamma(2), and v wins in as many of 2^24 cases as there are multiples of 2^-24 below
// theta_v E.
int64_t float32_race(std::span<const float> logits, double reveal_probability, const NoiseKey& key, uint32_t index) {
  const double exponential = -std::log(uniform_double(key, 1, index)) - std::log(uniform_double(key, 2, index));
  auto cases = probabilities_of(logits);
  std::transform(cases.begin(), cases.end(), cases.begin(), [&](double p) {
    return std::floor(0x1p24 * reveal_probability * p * exponential / (1 - reveal_probability));
  });
  return slot_of(cases, uniform_double(key, 3, index));
}

TEST(SamplerFaultsTest, Float32RaceFailsG7) { EXPECT_FALSE(passed(rare_value_gate(float32_race), "G7")); }

// There is no codec here to give a table of frequencies with a zero in it. The nearest thing is a draw from such a
// table: with 16 bits the rare value gets none, and to give every value one reaches those that cannot be.
TEST(SamplerFaultsTest, TableWithAZeroFrequencyFailsG7) {
  const auto rounded_down = [](std::span<const float> logits, double, const NoiseKey& key, uint32_t index) {
    auto table = probabilities_of(logits);
    std::transform(table.begin(), table.end(), table.begin(), [](double p) { return std::floor(p * 0x1p16); });
    return slot_of(table, uniform_double(key, 0, index));
  };
  EXPECT_FALSE(passed(rare_value_gate(rounded_down), "G7"));
  const auto at_least_one = [](std::span<const float> logits, double, const NoiseKey& key, uint32_t index) {
    auto table = probabilities_of(logits);
    std::transform(table.begin(), table.end(), table.begin(),
                   [](double p) { return std::max(1.0, std::floor(p * 0x1p16)); });
    return slot_of(table, uniform_double(key, 0, index));
  };
  EXPECT_FALSE(passed(rare_value_gate(at_least_one), "G7"));
}

// The same harness with exact probabilities passes.
TEST(SamplerFaultsTest, ExactSlotsPassG7) {
  const auto exact = [](std::span<const float> logits, double, const NoiseKey& key, uint32_t index) {
    return slot_of(probabilities_of(logits), uniform_double(key, 0, index));
  };
  EXPECT_TRUE(passed(rare_value_gate(exact), "G7"));
}

}  // namespace
}  // namespace veil
