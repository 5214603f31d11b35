// The control variate as evaluate() uses it; ControlVariateTest has its expectation.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "evaluate/statistics.h"
#include "objective/masked_loss.h"
#include "support/toy_denoiser.h"
#include "toys/toy_dataset.h"
#include "veil/base/error.h"
#include "veil/base/random.h"
#include "veil/diffusion/forward_process.h"
#include "veil/evaluate/evaluator.h"

namespace veil {
namespace {

using testing::ConstantDenoiser;
using testing::MixingDenoiser;
using testing::toy_options;

constexpr int64_t kLength = 10;
constexpr int64_t kVocab = 5;
constexpr int64_t kExamples = 7;

torch::Tensor some_tokens() {
  torch::manual_seed(1);
  return torch::randint(kVocab, {kExamples, kLength}, torch::kInt64).to(torch::kUInt8);
}

EvaluationReport run(Denoiser& network, const EvaluationOptions& options) {
  return evaluate(network, toy_dataset(some_tokens(), kVocab), options);
}

// Costs of the passes over an example: nats by position, negative where it is not masked.
using Pass = std::vector<double>;

// All passes over all examples, drawn and scored in one call, apart from evaluate().
std::vector<Pass> all_passes(Denoiser& network, const EvaluationOptions& options) {
  const torch::NoGradGuard no_gradients;
  const int64_t group = options.passes / options.replicates;
  const auto tokens = some_tokens().to(torch::kInt64);
  std::vector<torch::Tensor> x0;
  std::vector<torch::Tensor> z;
  std::vector<torch::Tensor> positions;
  MaskedTokens masked;
  for (int64_t example = 0; example < kExamples; ++example) {
    for (int64_t pass = 0; pass < options.passes; ++pass) {
      const auto replicate = static_cast<uint64_t>(pass / group);
      const NoiseKey level{options.seed, NoisePurpose::kEvaluationLevel, replicate};
      const int64_t count = count_of_level(stratified_level(level, example, pass % group, group), kLength);
      const auto row = tokens.narrow(0, example, 1).contiguous();
      const auto one = mask_by_count(row, std::span(&count, 1), torch::tensor({example}, torch::kInt64), kVocab,
                                     {options.seed, NoisePurpose::kEvaluationMask, static_cast<uint64_t>(pass)});
      positions.push_back(one.positions + static_cast<int64_t>(x0.size()) * kLength);
      x0.push_back(row);
      z.push_back(one.z);
      masked.counts.push_back(count);
    }
  }
  masked.z = torch::cat(z);
  masked.positions = torch::cat(positions);
  const auto nats = masked_cross_entropy(network, torch::cat(x0), masked, {}, {}, torch::kCPU);
  const auto rounded = (torch::round(nats.to(torch::kFloat64) * 0x1p32) * 0x1p-32).contiguous();
  std::vector<Pass> passes(x0.size(), Pass(kLength, -1.0));
  for (int64_t i = 0; i < rounded.numel(); ++i) {
    const int64_t position = masked.positions.const_data_ptr<int64_t>()[i];
    passes[static_cast<size_t>(position / kLength)][static_cast<size_t>(position % kLength)] =
        rounded.const_data_ptr<double>()[i];
  }
  return passes;
}

double mean_masked(const Pass& values, const Pass& where) {
  double sum = 0;
  double count = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    sum += where[i] >= 0 ? values[i] : 0.0;
    count += where[i] >= 0 ? 1.0 : 0.0;
  }
  return count > 0 ? sum / count : 0.0;
}

// h: the mean cost of each position in the passes of [first, last) but `own`; where none masks it, the mean of the
// known.
Pass others_mean(const std::vector<Pass>& passes, size_t first, size_t last, size_t own) {
  Pass h(kLength, -1.0);
  for (size_t i = 0; i < h.size(); ++i) {
    std::vector<double> known;
    for (size_t other = first; other < last; ++other) {
      if (other != own && passes[other][i] >= 0) {
        known.push_back(passes[other][i]);
      }
    }
    h[i] = known.empty() ? -1.0 : std::accumulate(known.begin(), known.end(), 0.0) / static_cast<double>(known.size());
  }
  const double filler = mean_masked(h, h);
  std::replace(h.begin(), h.end(), -1.0, filler);
  return h;
}

std::vector<double> values_of(const std::vector<Pass>& passes, size_t group, double control) {
  std::vector<double> values;
  for (size_t own = 0; own < passes.size(); ++own) {
    const size_t first = own / group * group;
    const auto h = others_mean(passes, first, first + group, own);
    const double over_all = std::accumulate(h.begin(), h.end(), 0.0) / static_cast<double>(h.size());
    const double bracket = control > 0 ? control * (mean_masked(h, passes[own]) - over_all) : 0.0;
    values.push_back(static_cast<double>(kLength) * (mean_masked(passes[own], passes[own]) - bracket));
  }
  return values;
}

// The plain count form, which is what evaluate() gave before it had a control variate, to the bit; and the formula.
TEST(ControlledEvaluationTest, IsTheFormulaOverTheOtherPassesOfTheReplicateAndPlainWithoutWeight) {
  MixingDenoiser network(toy_options(kLength, kVocab), 0.0);
  for (const double control : {0.0, 0.5, 0.85, 1.0}) {
    EvaluationOptions options{.passes = 8, .rows_per_call = kExamples * 8, .seed = 3, .control = control};
    const auto got = run(network, options);
    const auto want = pass_statistics(values_of(all_passes(network, options), 4, control), 8, 2);
    for (size_t i = 0; i < want.examples.size(); ++i) {
      const double bits = bits_per_dim(want.examples[i], kLength);
      EXPECT_NEAR(got.example_bits[i], bits, control > 0 ? 1e-12 : 0.0) << control;
    }
    EXPECT_NEAR(got.mask_standard_error, bits_per_dim(want.mask_standard_error, kLength), control > 0 ? 1e-12 : 0.0);
    EXPECT_EQ(got.control, control);
    EXPECT_EQ(got.estimator, control > 0 ? "count-controlled" : "count-stratified");
  }
}

TEST(ControlledEvaluationTest, NeedsAnotherPassInTheReplicateAndTheCountForm) {
  MixingDenoiser network(toy_options(kLength, kVocab), 0.0);
  const auto plain = run(network, {.passes = 3, .replicates = 3, .control = 0.0});
  const auto single = run(network, {.passes = 3, .replicates = 3});
  EXPECT_EQ(single.example_bits, plain.example_bits);
  EXPECT_EQ(single.estimator, "count-stratified");
  EXPECT_EQ(single.control, 0.0);
  const auto time = run(network, {.form = ObjectiveForm::kTime});
  EXPECT_EQ(time.example_bits, run(network, {.form = ObjectiveForm::kTime, .control = 0.0}).example_bits);
  EXPECT_EQ(time.control, 0.0);
  EXPECT_THROW((void)run(network, {.control = 1.01}), InvalidArgument);
  EXPECT_THROW((void)run(network, {.control = -0.01}), InvalidArgument);
  EXPECT_THROW((void)run(network, {.control = std::nan("")}), InvalidArgument);
}

// Half a spread on either side of the mean of two replicates; their order is lost.
TEST(ControlledEvaluationTest, AReplicateDoesNotDependOnTheOthers) {
  MixingDenoiser network(toy_options(kLength, kVocab), 0.0);
  const auto two = run(network, {.passes = 8, .replicates = 2, .rows_per_call = 1});
  const auto three = run(network, {.passes = 12, .replicates = 3, .rows_per_call = 1});
  for (size_t i = 0; i < two.example_bits.size(); ++i) {
    const double half = std::sqrt(two.example_mask_variances[i]);
    const std::vector<double> replicates{two.example_bits[i] - half, two.example_bits[i] + half,
                                         3 * three.example_bits[i] - 2 * two.example_bits[i]};
    const auto want = pass_statistics(replicates, 3, 3);
    EXPECT_NEAR(three.example_mask_variances[i], want.mask_variances.front(), 1e-12);
  }
}

// What a position costs does not depend on the mask here: with nothing else to learn, most of the noise goes.
TEST(ControlledEvaluationTest, TakesMostOfTheNoiseWhereCostsStayTheSame) {
  ConstantDenoiser network(toy_options(kLength, kVocab), torch::tensor({0.0F, 1.0F, -2.0F, 3.0F, 0.5F}));
  const auto plain = run(network, {.passes = 32, .control = 0.0});
  const auto controlled = run(network, {.passes = 32});
  EXPECT_LT(std::pow(controlled.mask_standard_error / plain.mask_standard_error, 2), 0.25);
}

}  // namespace
}  // namespace veil
