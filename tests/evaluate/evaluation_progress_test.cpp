#include <gtest/gtest.h>

#include <vector>

#include "support/toy_denoiser.h"
#include "toys/toy_dataset.h"
#include "veil/evaluate/evaluator.h"
#include "veil/evaluate/exact_order.h"
#include "veil/evaluate/position_bits.h"

namespace veil {
namespace {

using testing::ConstantDenoiser;
using testing::toy_options;

// Whoever stops the work by it waits for no more than one call, however large a batch is.
TEST(EvaluationProgressTest, ComesAfterEachNetworkCall) {
  ConstantDenoiser network(toy_options(4, 2), torch::zeros({2}));
  const auto data = toy_dataset(torch::ones({7, 4}, torch::kUInt8), 2);
  std::vector<int64_t> done;
  const auto note = [&](int64_t examples, int64_t all) {
    EXPECT_EQ(all, 7);
    done.push_back(examples);
  };
  EvaluationOptions options;
  options.passes = 8;
  options.rows_per_call = 12;
  for (const int64_t batch_size : {3, 7, 100}) {
    done.clear();
    options.batch_size = batch_size;
    (void)evaluate(network, data, options, Compute{}, note);
    EXPECT_EQ(done, (std::vector<int64_t>{1, 3, 4, 6, 7}));  // of 12, 24, 36, 48 and 56 passes
  }
  done.clear();
  options.rows_per_call = 7;
  (void)exact_order_likelihood(network, data, {}, options, Compute{}, note);
  EXPECT_EQ(done, (std::vector<int64_t>{1, 3, 5, 7}));  // of 7, 14, 21 and 28 passes, four an example
  done.clear();
  options.rows_per_call = 12;
  const std::vector<int64_t> two{4, 6};
  const std::vector<double> bits{1.0, 1.0};
  (void)position_bits(network, data, two, bits, options, Compute{}, [&](int64_t examples, int64_t all) {
    EXPECT_EQ(all, 2);
    done.push_back(examples);
  });
  EXPECT_EQ(done, (std::vector<int64_t>{1, 2}));
}

}  // namespace
}  // namespace veil
