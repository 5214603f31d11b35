#include "veil/evaluate/paired_comparison.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "support/toy_denoiser.h"
#include "toys/oracle_denoiser.h"
#include "toys/toy_bounds.h"
#include "toys/toy_dataset.h"
#include "veil/base/error.h"
#include "veil/data/split_part.h"

namespace veil {
namespace {

TensorDataset dataset_of(int64_t size, uint64_t seed, int64_t classes = 0) {
  DatasetInfo info;
  info.name = "toy";
  info.split = "test";
  info.shape = {1, 6, 1};
  info.vocab_size = 3;
  info.classes = classes;
  info.fingerprint = "toy";
  torch::manual_seed(seed);
  const auto labels = classes > 0 ? torch::arange(size) % classes : torch::Tensor();
  return {info, torch::randint(3, {size, 6}, torch::kUInt8), labels};
}

ComparisonSide side_of(Denoiser& network, const Dataset& data, const EvaluationOptions& options = {}) {
  return {.denoiser = network, .dataset = data, .options = options};
}

TEST(PairedComparisonTest, ANetworkAgainstItselfIsExactlyZero) {
  const auto data = dataset_of(230, 1, 2);
  testing::MixingDenoiser network(testing::toy_options(6, 3), 0.0);
  for (const bool stops_early : {false, true}) {
    const auto comparison = compare(side_of(network, data), side_of(network, data), stops_early);
    EXPECT_EQ(comparison.difference, 0.0);
    EXPECT_EQ(comparison.standard_error, 0.0);
    EXPECT_EQ(comparison.mask_standard_error, 0.0);
    EXPECT_EQ(comparison.confidence_low, 0.0);
    EXPECT_EQ(comparison.confidence_high, 0.0);
    EXPECT_EQ(comparison.differences, std::vector<double>(230, 0.0));
    EXPECT_EQ(comparison.classes.at(1).difference, 0.0);
    EXPECT_EQ(comparison.examples_to_settle, 0);
    EXPECT_FALSE(comparison.is_settled);
    EXPECT_FALSE(comparison.is_stopped_early);
    EXPECT_TRUE(comparison.has_same_masks);
  }
}

// Every figure from the reports of evaluate(), by the textbook.
TEST(PairedComparisonTest, AgreesWithTheDifferencesOfTwoEvaluations) {
  const auto data = dataset_of(90, 2, 3);
  testing::ConstantDenoiser first(testing::toy_options(6, 3), torch::tensor({0.0, 0.5, 1.0}));
  testing::MixingDenoiser second(testing::toy_options(6, 3), 0.0);
  EvaluationOptions options;
  options.limit = 40;
  const auto comparison = compare(side_of(first, data, options), side_of(second, data, options));
  const auto a = evaluate(first, data, options);
  const auto b = evaluate(second, data, options);
  ASSERT_EQ(comparison.examples, 40);
  EXPECT_EQ(comparison.a.example_bits, a.example_bits);
  EXPECT_EQ(comparison.b.example_bits, b.example_bits);
  double sum = 0;
  double squares = 0;
  double mask_squares = 0;
  for (size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(comparison.differences[i], a.example_bits[i] - b.example_bits[i]);
    sum += comparison.differences[i];
    const double one = a.example_replicate_bits[2 * i] - b.example_replicate_bits[2 * i];
    const double other = a.example_replicate_bits[2 * i + 1] - b.example_replicate_bits[2 * i + 1];
    mask_squares += std::pow(one - other, 2) / 4;
    EXPECT_NEAR((one + other) / 2, comparison.differences[i], 1e-12);
  }
  for (const double difference : comparison.differences) {
    squares += std::pow(difference - sum / 40, 2);
  }
  EXPECT_NEAR(comparison.difference, sum / 40, 1e-14);
  EXPECT_NEAR(comparison.difference, a.bits_per_dim - b.bits_per_dim, 1e-12);
  EXPECT_NEAR(comparison.standard_error, std::sqrt(squares / 39 / 40), 1e-14);
  EXPECT_NEAR(comparison.mask_standard_error, std::sqrt(mask_squares) / 40, 1e-14);
  const double half = 2.0226909200 * comparison.standard_error;  // Student's, 39 degrees of freedom
  EXPECT_NEAR(comparison.confidence_low, comparison.difference - half, 1e-9);
  EXPECT_NEAR(comparison.confidence_high, comparison.difference + half, 1e-9);
  EXPECT_NEAR(comparison.smallest_difference, half, 1e-9);
  double of_class = 0;
  for (size_t i = 0; i < 40; ++i) {
    of_class += comparison.a.example_indices[i] % 3 == 1 ? comparison.differences[i] : 0.0;
  }
  ASSERT_EQ(comparison.classes.size(), 3U);
  EXPECT_NEAR(comparison.classes[1].difference, of_class / static_cast<double>(comparison.classes[1].examples), 1e-12);
}

// Differences +-s about d: the least n with t(n - 1) s' / sqrt(n) < d, from tables of Student's t.
TEST(PairedComparisonTest, SaysHowManyExamplesWouldSettleIt) {
  EvaluationReport a;
  a.example_bits = {1.5, 0.5, 1.5, 0.5};  // deviation sqrt(1 / 3)
  a.example_indices = {0, 1, 2, 3};
  a.examples = a.dataset_size = 4;
  a.data_fingerprint = "x";
  EvaluationReport b = a;
  const auto settle = [&](double difference) {
    b.example_bits.assign(4, 1 - difference);
    return compare_reports(a, b);
  };
  EXPECT_EQ(settle(0.0).examples_to_settle, 0);
  // n = 7: 2.4469 * 0.57735 / sqrt(7) = 0.5340; n = 8: 2.3646 * 0.57735 / sqrt(8) = 0.4827.
  EXPECT_EQ(settle(0.54).examples_to_settle, 7);
  EXPECT_EQ(settle(-0.5).examples_to_settle, 8);
  EXPECT_EQ(settle(1e-3).examples_to_settle, 1'280'534);  // (1.96 / 0.001)^2 / 3 = 1280533.3
  EXPECT_EQ(settle(1e-3).is_settled, false);
  EXPECT_EQ(settle(2.0).is_settled, true);
  EXPECT_TRUE(std::isnan(settle(2.0).mask_standard_error) || a.replicates != 0);
}

TEST(PairedComparisonTest, AStopReportsTheExamplesOfItsPart) {
  const auto data = dataset_of(700, 3, 2);
  testing::ConstantDenoiser first(testing::toy_options(6, 3), torch::tensor({0.0, 0.0, 0.0}));
  testing::ConstantDenoiser second(testing::toy_options(6, 3), torch::tensor({0.0, 0.0, 0.4}));
  std::vector<int64_t> done;
  const auto comparison = compare(side_of(first, data), side_of(second, data), true, [&](int64_t passes, int64_t all) {
    EXPECT_EQ(all, 1400);
    done.push_back(passes);
  });
  EXPECT_EQ(comparison.rule.planned, (std::vector<int64_t>{87, 175, 350, 700}));
  ASSERT_TRUE(comparison.is_stopped_early);
  EXPECT_TRUE(comparison.is_settled);
  EXPECT_LT(comparison.difference, 0.0);
  EXPECT_EQ(comparison.looks.back().examples, comparison.examples);
  EXPECT_EQ(done.back(), 2 * comparison.examples);
  EXPECT_TRUE(std::ranges::is_sorted(done));
  EXPECT_EQ(comparison.a.example_indices, part_of_split(data, comparison.examples));
  EvaluationOptions options;
  options.limit = comparison.examples;
  const auto alone = evaluate(second, data, options);
  EXPECT_NEAR(comparison.b.bits_per_dim, alone.bits_per_dim, 1e-12);
  EXPECT_NEAR(comparison.b.standard_error, alone.standard_error, 1e-12);
  EXPECT_NEAR(comparison.b.mask_standard_error, alone.mask_standard_error, 1e-12);
  EXPECT_NEAR(comparison.b.confidence_low, alone.confidence_low, 1e-12);
  ASSERT_EQ(comparison.b.example_bits.size(), alone.example_bits.size());
  for (size_t i = 0; i < alone.example_bits.size(); ++i) {
    EXPECT_NEAR(comparison.b.example_bits[i], alone.example_bits[i], 1e-12);
  }
  EXPECT_EQ(comparison.b.profile.at(2).samples, alone.profile.at(2).samples);
  EXPECT_NEAR(comparison.b.profile.at(2).sum, alone.profile.at(2).sum, 1e-9);
}

TEST(PairedComparisonTest, OtherPassesAndSeedsAreNotTheSameMasks) {
  const auto data = dataset_of(60, 4);
  testing::MixingDenoiser network(testing::toy_options(6, 3), 0.0);
  EvaluationOptions other;
  other.seed = 1;
  const auto seeds = compare(side_of(network, data), side_of(network, data, other));
  EXPECT_FALSE(seeds.has_same_masks);
  EXPECT_GT(seeds.mask_standard_error, 0.0);
  other = {};
  other.passes = 4;
  const auto passes = compare(side_of(network, data), side_of(network, data, other));
  EXPECT_FALSE(passes.has_same_masks);
  EXPECT_NEAR(passes.mask_standard_error, std::hypot(passes.a.mask_standard_error, passes.b.mask_standard_error),
              1e-14);
}

// The share of intervals that hold the difference, which is enumerated, over 400 data sets and seeds.
struct Coverage {
  double share = 0.0;
  double stopped = 0.0;
};

Coverage coverage_of(double first_strength, double second_strength, bool stops_early) {
  constexpr int kRepeats = 400;
  const EnumeratedToy toy(random_joint(4, 3, 5));
  const ToyConditionals first(toy.joint(), first_strength);
  const ToyConditionals second(toy.joint(), second_strength, /*seed=*/2);
  OracleDenoiser first_network(first);
  OracleDenoiser second_network(second);
  const double truth = bits_per_dim(exact_bound(toy.joint(), first) - exact_bound(toy.joint(), second), toy.length());
  Coverage coverage;
  for (int repeat = 0; repeat < kRepeats; ++repeat) {
    const auto seed = static_cast<uint64_t>(repeat);
    const auto data = toy_dataset(draw_tokens(toy, 100, seed), toy);
    EvaluationOptions options;
    options.passes = 2;
    options.rows_per_call = 200;
    options.seed = seed;
    const auto comparison =
        compare(side_of(first_network, data, options), side_of(second_network, data, options), stops_early);
    coverage.share += comparison.confidence_low <= truth && truth <= comparison.confidence_high ? 1.0 / kRepeats : 0.0;
    coverage.stopped += comparison.is_stopped_early ? 1.0 / kRepeats : 0.0;
  }
  return coverage;
}

TEST(PairedComparisonTest, IntervalsCoverTheTrueDifference) {
  const auto coverage = coverage_of(0.5, 0.6, false);
  EXPECT_GE(coverage.share, 0.92);
  EXPECT_LE(coverage.share, 0.98);
  EXPECT_EQ(coverage.stopped, 0.0);
}

// A difference that stops some, and one that stops most at once.
TEST(PairedComparisonTest, IntervalsCoverTheTrueDifferenceAfterAStopToo) {
  std::vector<double> stopped;
  for (const auto& [first, second] : {std::pair(0.4, 0.9), std::pair(0.1, 1.6)}) {
    const auto coverage = coverage_of(first, second, true);
    EXPECT_GE(coverage.share, 0.92) << first << " " << second;
    EXPECT_LE(coverage.share, 0.98) << first << " " << second;
    stopped.push_back(coverage.stopped);
    RecordProperty("share", std::to_string(coverage.share));
  }
  EXPECT_GT(stopped[0], 0.1);
  EXPECT_LT(stopped[0], 0.9);
  EXPECT_GT(stopped[1], 0.9);
}

std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "none";
}

TEST(PairedComparisonTest, OtherExamplesAreRefusedByName) {
  const auto data = dataset_of(10, 5);
  testing::MixingDenoiser network(testing::toy_options(6, 3), 0.0);
  testing::MixingDenoiser longer(testing::toy_options(8, 3), 0.0);
  testing::MixingDenoiser wider(testing::toy_options(6, 4), 0.0);
  const auto against = [&](Denoiser& other) {
    return refusal([&] { (void)compare(side_of(network, data), side_of(other, data)); });
  };
  EXPECT_EQ(against(longer), "a takes examples of 1x6x1, b of 1x8x1: only bits of the same examples can be compared");
  EXPECT_EQ(against(wider), "a knows 3 token values, b 4: only bits of the same examples can be compared");
  const auto few = dataset_of(9, 5);
  EXPECT_NE(refusal([&] { (void)compare(side_of(network, data), side_of(network, few)); }).find("10 examples, b's 9"),
            std::string::npos);
}

TEST(PairedComparisonTest, ReportsOfOtherDataOrNoiseAreRefusedByName) {
  const auto data = dataset_of(20, 6);
  testing::MixingDenoiser network(testing::toy_options(6, 3), 0.0);
  const auto a = evaluate(network, data, {});
  const auto same = compare_reports(a, a);
  EXPECT_EQ(same.difference, 0.0);
  EXPECT_EQ(same.mask_standard_error, 0.0);
  EXPECT_TRUE(same.has_same_masks);
  const auto against = [&](const std::function<void(EvaluationReport&)>& change) {
    auto b = a;
    change(b);
    return refusal([&] { (void)compare_reports(a, b); });
  };
  EXPECT_NE(against([](auto& b) { b.seed = 9; }).find("the seed is 0 of a, but 9 of b"), std::string::npos);
  EXPECT_NE(against([](auto& b) { b.passes = 4; }).find("the number of passes is 8"), std::string::npos);
  EXPECT_NE(against([](auto& b) { b.form = "time"; }).find("the form is count"), std::string::npos);
  EXPECT_NE(against([](auto& b) { b.data_fingerprint = "other"; }).find("\"other\""), std::string::npos);
  EXPECT_NE(against([](auto& b) { b.data_fingerprint = ""; }).find("fingerprint"), std::string::npos);
  EXPECT_NE(against([](auto& b) { b.split = "train"; }).find("the split"), std::string::npos);
  EXPECT_NE(against([](auto& b) { b.example_indices[3] = 30; }).find("other examples"), std::string::npos);
  EXPECT_NE(against([](auto& b) { b.example_bits.clear(); }).find("b does not hold the bits"), std::string::npos);
}

TEST(EvaluateTest, ChosenExamplesHaveTheBitsThatTheyHaveInTheWhole) {
  const auto data = dataset_of(50, 7);
  testing::MixingDenoiser network(testing::toy_options(6, 3), 0.0);
  const auto whole = evaluate(network, data, {});
  const std::vector<int64_t> chosen{3, 4, 17, 49};
  const auto part = evaluate(network, data, chosen, {});
  EXPECT_EQ(part.example_indices, chosen);
  for (size_t i = 0; i < chosen.size(); ++i) {
    EXPECT_NEAR(part.example_bits[i], whole.example_bits[static_cast<size_t>(chosen[i])], 1e-6);
  }
  for (const auto& wrong : {std::vector<int64_t>{}, std::vector<int64_t>{4, 3}, std::vector<int64_t>{3, 3},
                            std::vector<int64_t>{50}, std::vector<int64_t>{-1}}) {
    EXPECT_THROW((void)evaluate(network, data, wrong, {}), InvalidArgument);
  }
}

}  // namespace
}  // namespace veil
