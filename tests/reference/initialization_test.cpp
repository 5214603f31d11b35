// Statistics of fresh parameters: constants exactly, noise within its sampling error.
#include "veil/nn/layers/initialization.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/torch.h"
#include "reference/reference_network.h"
#include "veil/nn/make_denoiser.h"

namespace veil {
namespace {

using test::ReferenceFile;

// Ours and theirs are [mean, std, smallest, largest] of `size` numbers each.
void expect_alike(const std::string& name, const torch::Tensor& ours, const torch::Tensor& theirs, int64_t size) {
  const double deviation = theirs[1].item<double>();
  const auto difference = (ours - theirs).abs();
  if (deviation == 0) {
    EXPECT_EQ(difference.max().item<double>(), 0.0) << name;
    return;
  }
  const double error = deviation / std::sqrt(static_cast<double>(size));
  // Both are estimates, each with this error (the deviation's is smaller by the root of two, and less where it is cut
  // off).
  EXPECT_LT(difference[0].item<double>(), 4.5 * std::sqrt(2.0) * error) << name;
  EXPECT_LT(difference[1].item<double>(), 4.5 * error) << name;
  if (size >= 1000) {
    EXPECT_LT(difference[2].item<double>(), 1.2 * deviation) << name;
    EXPECT_LT(difference[3].item<double>(), 1.2 * deviation) << name;
  }
}

class InitializationParity : public testing::TestWithParam<const char*> {};

TEST_P(InitializationParity, EveryParameterStartsLikeTheReferences) {
  const torch::NoGradGuard no_grad;
  const ReferenceFile file("init_stats");
  const auto options = test::options_of(file.entry().at("models").at(GetParam()));
  const auto network = make_denoiser(options);
  initialize(*network, 5);
  const auto parameters = network->named_parameters();
  const auto names = test::ReferenceNames(options).all();
  EXPECT_EQ(names.size(), file.names(std::string(GetParam()) + "/").size());
  for (const auto& entry : names) {
    const auto name = std::string(GetParam()) + "/" + entry.reference;
    const auto want = file.result(name).to(torch::kFloat64);
    const auto x = parameters[entry.ours].chunk(entry.parts, 0)[entry.part].to(torch::kFloat64);
    ASSERT_EQ(x.numel(), want[4].item<int64_t>()) << name;
    const auto ours = torch::stack({x.mean(), x.std(/*unbiased=*/false), x.min(), x.max()});
    if (entry.layout == test::Layout::kGrid) {  // a fixed table, not noise
      EXPECT_LT((ours - want.narrow(0, 0, 4)).abs().max().item<double>(), 1e-6) << name;
    } else {
      expect_alike(name, ours, want.narrow(0, 0, 4), x.numel());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Models, InitializationParity,
                         testing::Values("text8_like", "text_swiglu_adaln", "unet", "uvit"),
                         [](const auto& item) { return std::string(item.param); });

}  // namespace
}  // namespace veil
