// Networks against the authors' program: parameters one by one, logits, gradients.
#include <gtest/gtest.h>

#include <set>

#include "base/torch.h"
#include "reference/reference_network.h"

namespace veil {
namespace {

using test::ReferenceFile;
using test::ReferenceNetwork;

class NetworkParity : public testing::TestWithParam<const char*> {
 protected:
  [[nodiscard]] DenoiserInput input() const {
    DenoiserInput input{.z = test::flat_tokens(file_.input("in/zt")), .noise_level = {}, .labels = {}};
    // Where the network is not told the time, the file has one all the same.
    const auto time = file_.input("in/t");
    if (options_.condition != Condition::kNone) {
      input.noise_level = time;
    }
    if (options_.classes > 0) {
      input.labels = file_.input("in/label").to(torch::kInt64);
    }
    return input;
  }

  ReferenceFile file_{GetParam()};
  DenoiserOptions options_ = test::options_of(file_.entry().at("config"));
  ReferenceNetwork reference_{file_, options_};
};

TEST_P(NetworkParity, EveryParameterHasItsCounterpart) {
  std::set<std::string> ours;
  std::set<std::string> theirs;
  for (const auto& entry : reference_.names()) {
    ours.insert(entry.ours);
    theirs.insert("params/" + entry.reference);
  }
  for (const auto& name : file_.names("params/")) {
    EXPECT_TRUE(theirs.contains(name)) << name;
  }
  for (const auto& item : reference_.network().named_parameters()) {
    EXPECT_TRUE(ours.contains(item.key())) << item.key();
  }
  EXPECT_EQ(count_parameters(reference_.network()), file_.entry().at("n_params").get<int64_t>());
}

TEST_P(NetworkParity, LogitsAgreeInBothMemoryLayouts) {
  const torch::NoGradGuard no_grad;
  const auto sizes = file_.result("out/logits").sizes();
  for (const bool channels_last : {true, false}) {
    reference_.network().set_channels_last(channels_last);
    const auto logits = reference_.network().logits(input()).view(sizes);
    EXPECT_TRUE(file_.close("out/logits", logits)) << channels_last;
  }
}

TEST_P(NetworkParity, LogitsAtTimeZeroAgreeAtTheManifestsTolerance) {
  if (options_.condition == Condition::kNone) {
    EXPECT_FALSE(file_.has("out/logits_t0"));
    return;
  }
  const torch::NoGradGuard no_grad;
  auto at_zero = input();
  at_zero.noise_level = torch::zeros({at_zero.z.size(0)});
  const auto sizes = file_.result("out/logits_t0").sizes();
  EXPECT_TRUE(file_.close("out/logits_t0", reference_.network().logits(at_zero).view(sizes)));
}

TEST_P(NetworkParity, GradientsAgree) {
  const auto cotangent = file_.input("in/cotangent");
  reference_.network().logits(input()).view(cotangent.sizes()).mul(cotangent).sum().backward();
  EXPECT_EQ(reference_.expect_gradient_summaries("grad_summary/"), static_cast<int64_t>(reference_.names().size()));
  EXPECT_GT(reference_.expect_gradients("grad/"), 0);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, NetworkParity,
                         testing::Values("net_text8", "net_owt", "net_swiglu_adaln_class", "net_geglu_time",
                                         "net_uncond_rms", "net_classonly", "net_unet_cifar", "net_unet_class",
                                         "net_unet_uncond", "net_unet_wide", "net_uvit_imagenet",
                                         "net_uvit_multires_class", "net_uvit_multires_skips", "net_uvit_uncond",
                                         "net_uvit_wide"),
                         [](const auto& item) { return std::string(item.param); });

}  // namespace
}  // namespace veil
