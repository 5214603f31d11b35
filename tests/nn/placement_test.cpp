#include "veil/nn/placement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "base/torch.h"
#include "support/speaking_network.h"

namespace veil {
namespace {

// The names of all operators that a result was made of.
std::set<std::string> operators_of(const torch::Tensor& result) {
  std::set<std::string> names;
  std::vector<torch::autograd::Node*> open{result.grad_fn().get()};
  std::set<torch::autograd::Node*> seen;
  while (!open.empty()) {
    auto* node = open.back();
    open.pop_back();
    if (node == nullptr || !seen.insert(node).second) {
      continue;
    }
    names.insert(node->name());
    for (const auto& edge : node->next_edges()) {
      open.push_back(edge.function.get());
    }
  }
  return names;
}

bool has(const std::set<std::string>& names, const std::string& part) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return name.find(part) != std::string::npos; });
}

DenoiserOptions small_network() {
  DenoiserOptions options;
  options.shape = {8, 8, 1};
  options.vocab_size = 16;
  options.width = 32;
  options.layers = 1;
  options.dropout = 0;
  return options;
}

// veil's kernels are autograd functions of their own; the composed forms are not.
TEST(PlacementTest, WithoutFusedKernelsNoneIsUsed) {
  const auto network = test::speaking(small_network(), 0.1);
  const auto input = test::random_input(network->options(), 2);
  const auto positions = torch::arange(0, 128, 3);
  for (const bool fused : {true, false}) {
    place(*network, {.fused = fused, .channels_last = Switch::kOn}, /*training=*/false);
    const auto names = operators_of(network->logits_at(input, positions));
    EXPECT_EQ(has(names, "PatchGather"), fused);
    EXPECT_EQ(has(names, "GroupNormSwish"), fused);
  }
}

TEST(PlacementTest, BothFormsAgree) {
  const auto network = test::speaking(small_network(), 0.1);
  const auto input = test::random_input(network->options(), 2);
  const auto positions = torch::arange(0, 128, 3);
  place(*network, {.fused = true}, /*training=*/false);
  const auto fused = network->logits_at(input, positions);
  place(*network, {.fused = false}, /*training=*/false);
  EXPECT_LT((network->logits_at(input, positions) - fused).abs().max().item<double>(), 1e-4);
}

TEST(ComputeTest, ImagesAreChannelsLastButForTrainingOnACpuWithoutTheKernels) {
  EXPECT_TRUE((Compute{.fused = true}.is_channels_last(true)));
  EXPECT_FALSE((Compute{.fused = false}.is_channels_last(true)));
  EXPECT_TRUE((Compute{.fused = false}.is_channels_last(false)));
  EXPECT_TRUE((Compute{.fused = false, .channels_last = Switch::kOn}.is_channels_last(true)));
  EXPECT_FALSE((Compute{.fused = true, .channels_last = Switch::kOff}.is_channels_last(false)));
}

}  // namespace
}  // namespace veil
