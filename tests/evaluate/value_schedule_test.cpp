// Evaluation of a network with learned powers (GenMD4) against enumeration.
#include <gtest/gtest.h>

#include <cmath>

#include "base/torch.h"
#include "support/value_toy.h"
#include "veil/base/error.h"
#include "veil/evaluate/evaluator.h"

namespace veil {
namespace {

constexpr int64_t kVocab = 3;

DatasetInfo info() {
  return {.name = "copies", .split = "test", .shape = {1, 4, 1}, .vocab_size = kVocab, .classes = 0};
}

TensorDataset copies(int64_t count) {
  return TensorDataset(info(), torch::tensor({0, 2, 1, 2}, torch::kUInt8).repeat({count, 1}));
}

EvaluationOptions options_from(double first_time) {
  EvaluationOptions options;
  options.form = ObjectiveForm::kTime;
  options.first_time = first_time;
  options.passes = 64;
  options.rows_per_call = 512;
  return options;
}

test::ValueToy toy() {
  test::ValueToy toy(4, kVocab, Powers::kFree);
  toy.set_raw_powers({0.4, -0.7, 0.2});
  return toy;
}

TEST(EvaluatePowers, AgreesWithEnumerationWhereverTheIntegralStops) {
  auto network = toy();
  const auto x = torch::tensor({0, 2, 1, 2}, torch::kInt64);
  for (const double first_time : {0.05, 1e-3}) {
    const auto report = evaluate(network, copies(1500), options_from(first_time));
    const double exact = bits_per_dim(test::enumerated_bound(network, x, first_time).nats, 4);
    EXPECT_LT(std::abs(report.bits_per_dim - exact), 4 * report.standard_error) << report.bits_per_dim << ' ' << exact;
    EXPECT_LT(report.standard_error, 0.01) << "the test has no power";
    EXPECT_EQ(report.estimator, "powers-time-stratified");
    EXPECT_TRUE(report.profile.empty());
  }
}

TEST(EvaluatePowers, DoesNotDependOnTheBatchSize) {
  auto network = toy();
  auto options = options_from(1e-3);
  options.passes = 4;
  options.rows_per_call = 8;
  const auto data = copies(7);
  options.batch_size = 7;
  const auto whole = evaluate(network, data, options);
  for (const int64_t size : {1, 3}) {
    options.batch_size = size;
    const auto report = evaluate(network, data, options);
    EXPECT_EQ(report.bits_per_dim, whole.bits_per_dim);
    EXPECT_EQ(report.mask_standard_error, whole.mask_standard_error);
  }
}

TEST(EvaluatePowers, RefusesTheCountForm) {
  auto network = toy();
  EvaluationOptions options;
  EXPECT_THROW((void)evaluate(network, copies(2), options), InvalidArgument);
}

}  // namespace
}  // namespace veil
