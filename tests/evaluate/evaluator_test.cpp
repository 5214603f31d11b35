#include "veil/evaluate/evaluator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <tuple>

#include "support/toy_denoiser.h"
#include "toys/toy_dataset.h"
#include "veil/base/error.h"
#include "veil/data/split_part.h"

namespace veil {
namespace {

using testing::ConstantDenoiser;
using testing::MixingDenoiser;
using testing::toy_options;

torch::Tensor random_tokens(int64_t size, int64_t length, int64_t vocab) {
  torch::manual_seed(1);
  return torch::randint(vocab, {size, length}, torch::kInt64).to(torch::kUInt8);
}

EvaluationReport run(Denoiser& network, const Dataset& data, const EvaluationOptions& options) {
  return evaluate(network, data, options);
}

std::string six_digits(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6f", value);
  return text;
}

TEST(EvaluatorTest, ZeroLogitsReadTheLogarithmOfTheVocabulary) {
  for (const auto& [vocab, bits] : std::vector<std::pair<int64_t, std::string>>{{256, "8.000000"}, {27, "4.754888"}}) {
    ConstantDenoiser network(toy_options(48, vocab, Condition::kTime), torch::zeros({vocab}));
    const auto data = toy_dataset(random_tokens(7, 48, vocab), vocab);
    std::set<double> figures;
    for (const char* schedule : {"linear", "cosine", "poly3", "poly0.5", "geometric"}) {
      for (const int64_t batch : {1, 3, 4, 7}) {
        for (const uint64_t seed : {0, 5}) {
          const auto report = run(
              network, data, {.schedule = parse_schedule(schedule), .passes = 6, .batch_size = batch, .seed = seed});
          EXPECT_EQ(six_digits(report.bits_per_dim), bits);
          EXPECT_EQ(report.standard_error, 0.0);
          EXPECT_EQ(report.mask_standard_error, 0.0);
          EXPECT_EQ(report.examples, 7);
          figures.insert(report.bits_per_dim);
        }
      }
    }
    EXPECT_EQ(figures.size(), 1U);
  }
}

// The time form has heavy tails, so one run's own error bar is not to be trusted to three of them: many runs are.
TEST(EvaluatorTest, TimeFormOfZeroLogitsHasTheTruthAsItsMean) {
  constexpr int kSeeds = 60;
  ConstantDenoiser network(toy_options(16, 16), torch::zeros({16}));
  const auto data = toy_dataset(random_tokens(25, 16, 16), 16);
  for (const char* schedule : {"linear", "cosine", "poly3", "geometric"}) {
    double sum = 0;
    double squares = 0;
    for (uint64_t seed = 0; seed < kSeeds; ++seed) {
      const auto report =
          run(network, data, {.form = ObjectiveForm::kTime, .schedule = parse_schedule(schedule), .seed = seed});
      EXPECT_EQ(report.estimator, "time-stratified");
      sum += report.bits_per_dim - 4;
      squares += std::pow(report.bits_per_dim - 4, 2);
    }
    const double error = std::sqrt(squares / kSeeds / (kSeeds - 1));
    RecordProperty(std::string("score_") + schedule, std::to_string(sum / kSeeds / error));
    EXPECT_LT(std::abs(sum / kSeeds), 4 * error + 1e-3) << schedule;  // geometric: its two end terms add 4e-5
    EXPECT_LT(error, 0.08) << schedule;
  }
}

TEST(EvaluatorTest, BatchSizeDoesNotChangeABit) {
  MixingDenoiser network(toy_options(10, 5, Condition::kMaskFraction), 0.1);
  const auto data = toy_dataset(random_tokens(7, 10, 5), 5);
  for (const auto form : {ObjectiveForm::kCount, ObjectiveForm::kTime}) {
    const auto want = run(network, data, {.form = form, .passes = 6, .batch_size = 7, .rows_per_call = 8});
    for (const int64_t batch : {1, 3, 4, 64}) {
      const auto got = run(network, data, {.form = form, .passes = 6, .batch_size = batch, .rows_per_call = 8});
      EXPECT_EQ(got.bits_per_dim, want.bits_per_dim);
      EXPECT_EQ(got.standard_error, want.standard_error);
      EXPECT_EQ(got.mask_standard_error, want.mask_standard_error);
      EXPECT_EQ(got.example_bits, want.example_bits);
      EXPECT_EQ(got.examples, 7);
      for (size_t b = 0; b < want.profile.size(); ++b) {
        EXPECT_EQ(got.profile[b].samples, want.profile[b].samples);
        EXPECT_EQ(got.profile[b].sum, want.profile[b].sum);
      }
    }
    // Another size of the calls may change rounding, no more.
    EXPECT_NEAR(run(network, data, {.form = form, .passes = 6, .rows_per_call = 5}).bits_per_dim, want.bits_per_dim,
                1e-5);
  }
  for (const auto& call : network.calls) {
    EXPECT_TRUE(call.rows == 8 || call.rows == 5);
  }
}

TEST(EvaluatorTest, LimitScoresAPartWithTheNoiseThatEachExampleHasInTheWhole) {
  MixingDenoiser network(toy_options(10, 5), 0.0);
  const auto data = toy_dataset(random_tokens(70, 10, 5), 5);
  const auto all = run(network, data, {});
  EXPECT_EQ(all.example_indices.size(), 70U);
  for (const int64_t limit : {3, 40}) {
    const auto part = run(network, data, {.limit = limit, .batch_size = 7});
    EXPECT_EQ(part.examples, limit);
    EXPECT_EQ(part.dataset_size, 70);
    EXPECT_EQ(part.example_indices, part_of_split(data, limit));
    ASSERT_EQ(std::ssize(part.example_bits), limit);
    for (size_t i = 0; i < part.example_bits.size(); ++i) {
      EXPECT_EQ(part.example_bits[i], all.example_bits[static_cast<size_t>(part.example_indices[i])]) << i;
    }
  }
  EXPECT_EQ(run(network, data, {.limit = 100}).example_bits, all.example_bits);
  EXPECT_NE(run(network, data, {.seed = 1}).bits_per_dim, all.bits_per_dim);
}

TEST(EvaluatorTest, EqualExamplesGetMasksOfTheirOwn) {
  MixingDenoiser network(toy_options(10, 5), 0.0);
  const auto data = toy_dataset(random_tokens(1, 10, 5).repeat({6, 1}), 5);
  const auto report = run(network, data, {});
  EXPECT_EQ(std::set<double>(report.example_bits.begin(), report.example_bits.end()).size(), 6U);
}

TEST(EvaluatorTest, ConfidentModelIsNotNegativeAndFinite) {
  ConstantDenoiser network(toy_options(20, 2), torch::tensor({80.0F, -80.0F}));
  const auto report = run(network, toy_dataset(torch::zeros({5, 20}, torch::kUInt8), 2), {});
  EXPECT_GE(report.bits_per_dim, 0.0);
  EXPECT_LT(report.bits_per_dim, 1e-6);
  // Confident and wrong: 160 nats a token.
  const auto wrong = run(network, toy_dataset(torch::ones({5, 20}, torch::kUInt8), 2), {});
  EXPECT_NEAR(wrong.bits_per_dim, 160 / std::log(2.0), 1e-3);
}

TEST(EvaluatorTest, OneExampleHasNoStandardErrorButAMaskError) {
  MixingDenoiser network(toy_options(10, 5), 0.0);
  const auto report = run(network, toy_dataset(random_tokens(1, 10, 5), 5), {});
  EXPECT_TRUE(std::isnan(report.standard_error));
  EXPECT_TRUE(std::isnan(report.confidence_low));
  EXPECT_GT(report.mask_standard_error, 0.0);
}

TEST(EvaluatorTest, RunsWithoutDropoutOrGradientsAndRestoresEveryMode) {
  MixingDenoiser network(toy_options(10, 5), 0.5);
  const auto data = toy_dataset(random_tokens(7, 10, 5), 5);
  network.eval();
  const auto want = run(network, data, {});
  network.train();
  network.dropout()->eval();
  EXPECT_EQ(run(network, data, {}).bits_per_dim, want.bits_per_dim);
  EXPECT_FALSE(network.calls.back().training);
  EXPECT_FALSE(network.calls.back().gradients);
  EXPECT_TRUE(network.is_training());
  EXPECT_FALSE(network.dropout()->is_training());
  EXPECT_TRUE(torch::GradMode::is_enabled());
}

TEST(EvaluatorTest, TellsTheNetworkTheMaskedFraction) {
  ConstantDenoiser network(toy_options(10, 4, Condition::kMaskFraction), torch::zeros({4}));
  (void)run(network, toy_dataset(random_tokens(3, 10, 4), 4), {.passes = 4, .rows_per_call = 5});
  ASSERT_EQ(network.calls.size(), 3U);
  for (const auto& call : network.calls) {
    ASSERT_EQ(call.rows, 5);
    for (size_t row = 0; row < 5; ++row) {
      EXPECT_FLOAT_EQ(call.noise_level[row], static_cast<float>(call.masked[row]) / 10);
    }
  }
}

TEST(EvaluatorTest, LabelsTravelWithTheirExamples) {
  auto options = toy_options(10, 4);
  options.classes = 3;
  ConstantDenoiser network(options, torch::zeros({4}));
  DatasetInfo info{
      .name = "toy", .split = "test", .shape = options.shape, .vocab_size = 4, .classes = 3, .class_names = {}};
  const TensorDataset data(info, random_tokens(3, 10, 4), torch::tensor({2, 0, 1}, torch::kInt64));
  const auto report = run(network, data, {.passes = 2, .rows_per_call = 6});
  EXPECT_EQ(network.calls.at(0).labels, (std::vector<int64_t>{2, 2, 0, 0, 1, 1}));
  EXPECT_EQ(report.classes, 3);
  EXPECT_EQ(report.length, 10);
}

// A network that says the same everywhere: an example costs the mean of -log2 p of its tokens, p = 1/2 for each of two
// values, 1 - 2^-2 and 2^-2 for others. Classes are told from the labels, however they lie.
TEST(EvaluatorTest, EachClassHasItsOwnFigure) {
  DatasetInfo info{.name = "toy", .split = "test", .shape = {1, 4, 1}, .vocab_size = 2, .classes = 4};
  info.class_names = {"a", "b", "c", "d"};
  ConstantDenoiser network(toy_options(4, 2), torch::tensor({std::log(3.0F), 0.0F}));  // 3/4 and 1/4
  const auto tokens = torch::tensor({{0, 0, 0, 0}, {1, 1, 1, 1}, {0, 0, 0, 0}, {0, 0, 1, 1}, {1, 1, 1, 1}});
  const auto labels = torch::tensor({2, 0, 2, 2, 3}, torch::kInt64);
  const auto report = run(network, TensorDataset(info, tokens.to(torch::kUInt8), labels), {.control = 0.0});
  ASSERT_EQ(report.class_figures.size(), 3U) << "class b has no examples";
  const auto& [first, second, third] =
      std::tie(report.class_figures[0], report.class_figures[1], report.class_figures[2]);
  EXPECT_EQ(first.label, 0);
  EXPECT_EQ(first.name, "a");
  EXPECT_EQ(first.examples, 1);
  EXPECT_NEAR(first.bits_per_dim, 2, 1e-6);
  EXPECT_TRUE(std::isnan(first.standard_error));
  EXPECT_EQ(second.label, 2);
  EXPECT_EQ(second.examples, 3);
  const double likely = std::log2(4.0 / 3);
  const double mixed = report.example_bits[3];  // of which masks decide
  EXPECT_NEAR(second.bits_per_dim, (2 * likely + mixed) / 3, 1e-6);
  // Of a, a, b the deviations are -d/3, -d/3, 2d/3 with d = b - a: a variance of d^2/3, a standard error of d/3.
  EXPECT_NEAR(second.standard_error, std::abs(mixed - likely) / 3, 1e-6);
  EXPECT_EQ(third.name, "d");
  EXPECT_TRUE(run(network, toy_dataset(tokens.to(torch::kUInt8), 2), {}).class_figures.empty());
}

// The quantiles are those of a table (Student's t, two-sided 95 %): 2.447 for 6 degrees of freedom.
TEST(EvaluatorTest, FewExamplesHaveAnIntervalOfStudent) {
  MixingDenoiser network(toy_options(10, 5), 0.0);
  const auto few = run(network, toy_dataset(random_tokens(7, 10, 5), 5), {});
  EXPECT_NEAR((few.confidence_high - few.bits_per_dim) / few.standard_error, 2.4469, 1e-4);
  EXPECT_NEAR((few.bits_per_dim - few.confidence_low) / few.standard_error, 2.4469, 1e-4);
  const auto many = run(network, toy_dataset(random_tokens(1000, 10, 5), 5), {.passes = 2});
  EXPECT_NEAR((many.confidence_high - many.bits_per_dim) / many.standard_error, 1.96, 1e-9);
}

TEST(EvaluatorTest, MaskErrorIsMadeOfTheExamplesVariances) {
  MixingDenoiser network(toy_options(10, 5), 0.0);
  const auto report = run(network, toy_dataset(random_tokens(7, 10, 5), 5), {.passes = 6, .replicates = 3});
  ASSERT_EQ(report.example_mask_variances.size(), 7U);
  double sum = 0;
  for (const double variance : report.example_mask_variances) {
    EXPECT_GT(variance, 0);
    sum += variance;
  }
  EXPECT_NEAR(report.mask_standard_error, std::sqrt(sum) / 7, 1e-12);
  EXPECT_EQ(report.classes, 0);
}

TEST(EvaluatorTest, LossThatIsNotFiniteNamesTheExample) {
  ConstantDenoiser network(toy_options(4, 2), torch::tensor({0.0F, -std::numeric_limits<float>::infinity()}));
  auto tokens = torch::zeros({5, 4}, torch::kUInt8);
  tokens[3].fill_(1);
  try {
    (void)run(network, toy_dataset(tokens, 2), {.rows_per_call = 16});
    FAIL() << "an infinite loss passed";
  } catch (const NumericalError& error) {
    EXPECT_NE(std::string(error.what()).find("example 3, pass 0"), std::string::npos) << error.what();
  }
}

TEST(EvaluatorTest, LossThatIsNotFiniteNamesTheExampleByItsPlaceInTheWhole) {
  ConstantDenoiser network(toy_options(4, 2), torch::tensor({0.0F, -std::numeric_limits<float>::infinity()}));
  const auto part = part_of_split(toy_dataset(torch::zeros({50, 4}, torch::kUInt8), 2), 5);
  auto tokens = torch::zeros({50, 4}, torch::kUInt8);
  tokens[part[3]].fill_(1);
  try {
    (void)run(network, toy_dataset(tokens, 2), {.limit = 5});
    FAIL() << "an infinite loss passed";
  } catch (const NumericalError& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with(concat("example ", part[3], ", pass 0"))) << error.what();
  }
}

TEST(EvaluatorTest, RefusesOptionsAndDataThatDoNotFit) {
  ConstantDenoiser network(toy_options(4, 2), torch::zeros({2}));
  const auto data = toy_dataset(random_tokens(3, 4, 2), 2);
  EXPECT_THROW((void)run(network, data, {.passes = 7}), InvalidArgument);
  EXPECT_THROW((void)run(network, data, {.passes = 0}), InvalidArgument);
  EXPECT_THROW((void)run(network, data, {.replicates = 1}), InvalidArgument);
  EXPECT_THROW((void)run(network, data, {.limit = -1}), InvalidArgument);
  EXPECT_THROW((void)run(network, data, {.batch_size = 0}), InvalidArgument);
  EXPECT_THROW((void)run(network, data, {.rows_per_call = 0}), InvalidArgument);
  EXPECT_THROW((void)run(network, toy_dataset(random_tokens(3, 5, 2), 2), {}), InvalidArgument);
  EXPECT_THROW((void)run(network, toy_dataset(random_tokens(3, 4, 2), 3), {}), InvalidArgument);
}

}  // namespace
}  // namespace veil
