// The networks against numbers of the authors' program: tests/fixtures/networks/README.md.
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "support/fixture_file.h"
#include "support/reference_parameters.h"
#include "veil/nn/denoiser.h"

namespace veil {
namespace {

using test::is_close;
using test::reference_view;

// Another rounding of the embedding's sine arguments, up to 1000, moves logits by this much.
constexpr double kEmbeddingError = 5e-5;

std::string folder() { return std::string(VEIL_SOURCE_DIR) + "/tests/fixtures/networks/"; }

DenoiserOptions options_of(const nlohmann::json& config) {
  DenoiserOptions options;
  options.network = config.at("n_dit_layers") == 0 ? NetworkKind::kUNet : NetworkKind::kUViT;
  const auto shape = config.at("data_shape").get<std::vector<int64_t>>();
  options.shape = {shape[0], shape[1], shape[2]};
  options.vocab_size = config.at("vocab_size");
  options.width = config.at("feature_dim");
  options.layers = config.at("n_layers");
  options.width_multipliers = config.at("ch_mult").get<std::vector<int64_t>>();
  options.dit_layers = config.at("n_dit_layers");
  options.dit_width = config.at("dit_hidden_size");
  options.dit_heads = config.at("dit_num_heads");
  options.dropout = 0.0;
  options.condition = config.at("time_features") == "t" ? Condition::kTime : Condition::kNone;
  options.classes = std::max<int64_t>(0, config.at("classes"));
  return options;
}

class ReferenceNetwork : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::ifstream file(folder() + "manifest.json");
    entry_ = nlohmann::json::parse(file).at("files").at(GetParam());
    tensors_ = test::read_fixture(folder() + GetParam() + ".safetensors");
    options_ = options_of(entry_.at("config"));
    network_ = make_denoiser(options_);
    names_ = test::ReferenceNames(options_).all();
    copy_parameters();
  }

  void copy_parameters() {
    const torch::NoGradGuard no_grad;
    auto ours = network_->named_parameters();
    for (const auto& entry : names_) {
      const auto& reference = tensors_.at("params/" + entry.reference);
      auto view = reference_view(entry, ours[entry.ours], reference.sizes());
      ASSERT_EQ(view.sizes(), reference.sizes()) << entry.reference;
      view.copy_(reference);
    }
  }

  [[nodiscard]] DenoiserInput input() const {
    DenoiserInput input{.z = tensors_.at("in/zt").to(torch::kInt64).flatten(1), .noise_level = {}, .labels = {}};
    if (options_.condition != Condition::kNone) {
      input.noise_level = tensors_.at("in/t");
    }
    if (options_.classes > 0) {
      input.labels = tensors_.at("in/label").to(torch::kInt64);
    }
    return input;
  }

  [[nodiscard]] testing::AssertionResult close(const torch::Tensor& got, const std::string& name, double extra) const {
    const auto& tolerance = entry_.at("tolerances").at(name);
    return is_close(got, tensors_.at(name), tolerance.at(0), tolerance.at(1).get<double>() + extra);
  }

  nlohmann::json entry_;
  std::map<std::string, torch::Tensor> tensors_;
  DenoiserOptions options_;
  std::shared_ptr<Denoiser> network_;
  std::vector<test::ReferenceParameter> names_;
};

TEST_P(ReferenceNetwork, EveryParameterHasItsCounterpart) {
  std::set<std::string> ours;
  std::set<std::string> theirs;
  for (const auto& entry : names_) {
    ours.insert(entry.ours);
    theirs.insert("params/" + entry.reference);
  }
  for (const auto& [name, tensor] : tensors_) {
    EXPECT_EQ(name.starts_with("params/"), theirs.contains(name)) << name;
  }
  for (const auto& item : network_->named_parameters()) {
    EXPECT_TRUE(ours.contains(item.key())) << item.key();
  }
  EXPECT_EQ(count_parameters(*network_), entry_.at("n_params").get<int64_t>());
}

TEST_P(ReferenceNetwork, GivesTheReferencesLogitsInBothLayouts) {
  const torch::NoGradGuard no_grad;
  for (const bool channels_last : {true, false}) {
    network_->set_channels_last(channels_last);
    const auto& want = tensors_.at("out/logits");
    EXPECT_TRUE(close(network_->logits(input()).view(want.sizes()), "out/logits", kEmbeddingError)) << channels_last;
  }
}

TEST_P(ReferenceNetwork, GivesTheReferencesLogitsAtTimeZeroExactly) {
  if (options_.condition == Condition::kNone) {
    GTEST_SKIP() << "no time";
  }
  const torch::NoGradGuard no_grad;
  auto at_zero = input();
  at_zero.noise_level = torch::zeros({at_zero.z.size(0)});
  const auto got = network_->logits(at_zero).view(tensors_.at("out/logits_t0").sizes());
  EXPECT_TRUE(close(got, "out/logits_t0", 0.0));
}

TEST_P(ReferenceNetwork, GivesTheReferencesGradients) {
  const auto cotangent = tensors_.at("in/cotangent");
  network_->logits(input()).view(cotangent.sizes()).mul(cotangent).sum().backward();
  const auto ours = network_->named_parameters();
  int64_t compared = 0;
  for (const auto& entry : names_) {
    const auto sizes = tensors_.at("params/" + entry.reference).sizes();
    const auto gradient = reference_view(entry, ours[entry.ours].grad(), sizes);
    const auto summary = torch::stack({gradient.sum(), gradient.norm(), gradient.abs().max()});
    EXPECT_TRUE(close(summary, "grad_summary/" + entry.reference, 0.0)) << entry.reference;
    if (tensors_.contains("grad/" + entry.reference)) {
      EXPECT_TRUE(close(gradient, "grad/" + entry.reference, kEmbeddingError)) << entry.reference;
      ++compared;
    }
  }
  EXPECT_GT(compared, 0);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, ReferenceNetwork,
                         testing::Values("net_unet_wide", "net_unet_cifar", "net_unet_uncond", "net_uvit_wide",
                                         "net_uvit_multires_skips", "net_uvit_uncond"),
                         [](const auto& item) { return std::string(item.param); });

}  // namespace
}  // namespace veil
