#include "nn/row_buckets.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "support/speaking_network.h"
#include "veil/base/device.h"

namespace veil {
namespace {

TEST(RowBucketsTest, FewSizesAndLittleWaste) {
  std::set<int64_t> sizes;
  for (int64_t count = 0; count <= 100'000; ++count) {
    const int64_t bucket = bucket_of(count);
    ASSERT_GE(bucket, count);
    ASSERT_LE(8 * (bucket - count), count) << count;
    ASSERT_EQ(bucket_of(bucket), bucket);
    sizes.insert(bucket);
  }
  // 0 … 15, eight for each power of two from 2^4 to 2^15, and the multiples of 8,192 from 65,536 to 106,496.
  EXPECT_EQ(sizes.size(), 16 + 8 * 12 + 6);
  EXPECT_EQ(bucket_of(17), 18);
  EXPECT_EQ(bucket_of(1000), 1024);
  EXPECT_EQ(bucket_of(1025), 1152);
}

const Compute kReduced{.device = torch::kCPU, .precision = Precision::kBFloat16};

TEST(RowBucketsTest, PositionsAreRepeatedInBfloat16OnTheCpuAlone) {
  const auto positions = torch::arange(17);
  EXPECT_TRUE(in_buckets(positions, torch::kCPU).is_same(positions));
  const ScopedPrecision precision(kReduced);
  EXPECT_TRUE(in_buckets(positions, torch::kCPU).equal(torch::cat({positions, torch::full({1}, 16, torch::kInt64)})));
  EXPECT_EQ(in_buckets(torch::empty({0}, torch::kInt64), torch::kCPU).numel(), 0);
  EXPECT_TRUE(in_buckets(positions, torch::Device(torch::kCUDA, 0)).is_same(positions));
}

std::vector<DenoiserOptions> networks() {
  DenoiserOptions grey{.network = NetworkKind::kUViT, .shape = {8, 8, 1}, .vocab_size = 16, .width = 32, .layers = 1};
  grey.dropout = 0;
  grey.head = Head::kLogisticPrior;
  grey.uvit = {.width_multipliers = {1}, .dit_layers = 1, .dit_width = 16, .dit_heads = 2};
  auto color = grey;
  color.shape.channels = 3;
  DenoiserOptions text{.network = NetworkKind::kTransformer, .shape = {1, 64, 1}, .vocab_size = 27, .width = 16};
  text.layers = 1;
  text.dropout = 0;
  text.transformer.heads = 2;
  auto plain_text = text;
  plain_text.condition = Condition::kNone;
  return {grey, color, text, plain_text};
}

// Of the sum of weights * logits at `positions`, or of all logits' rows there.
std::vector<torch::Tensor> gradients(Denoiser& network, const torch::Tensor& logits, const torch::Tensor& weights) {
  return torch::autograd::grad({(logits * weights).sum()}, network.parameters(), {}, {}, /*create_graph=*/false,
                               /*allow_unused=*/true);
}

// What is asked for at 70 positions (buckets of 72, or of each channel's share) is what all positions have there. Some
// gradients are nothing but rounding (of a bias that a norm takes out), so that they are measured by float32's: with
// buckets they are no further from them than without.
TEST(RowBucketsTest, LogitsAndGradientsAreThoseOfTheRowsAskedFor) {
  for (const auto& options : networks()) {
    const auto network = test::speaking(options, 0.1);
    const auto input = test::random_input(options, 2);
    const auto positions = torch::arange(70) + (2 * options.shape.length() - 75);
    const auto rows = [&] { return network->logits(input).flatten(0, 1).index_select(0, positions); };
    const auto exact = rows();
    const auto weights = torch::randn_like(exact);
    const auto truth = gradients(*network, exact, weights);
    const ScopedPrecision precision(kReduced);
    const auto some = network->logits_at(input, positions);
    const auto whole = rows();
    ASSERT_EQ(some.sizes(), whole.sizes());
    EXPECT_LT((some - whole).abs().max().item<float>(), 0.02F * whole.abs().max().item<float>());
    const auto got = gradients(*network, some, weights);
    const auto want = gradients(*network, whole, weights);
    for (size_t i = 0; i < truth.size(); ++i) {
      if (truth[i].defined()) {
        const auto error = [&](const torch::Tensor& gradient) { return (gradient - truth[i]).norm().item<float>(); };
        EXPECT_LT(error(got[i]), 2 * error(want[i]) + 0.01F * truth[i].norm().item<float>() + 1e-4F) << i;
      }
    }
  }
}

}  // namespace
}  // namespace veil
