// Outputs of the parts of the networks, recomputed from our modules one after the other: where a mismatch begins.
#include <gtest/gtest.h>

#include "base/torch.h"
#include "nn/embedding.h"
#include "nn/image/dit.h"
#include "nn/image/unet_block.h"
#include "nn/image/uvit_block.h"
#include "nn/layers/attention.h"
#include "nn/text/transformer.h"
#include "reference/reference_network.h"

namespace veil {
namespace {

using test::ReferenceFile;
using test::ReferenceNetwork;

class Parts : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override { modules_ = reference_.network().named_modules(); }

  // The part of our network with that name.
  template <typename Module>
  [[nodiscard]] const Module& part(const std::string& name) {
    const auto found = std::dynamic_pointer_cast<Module>(modules_[name]);
    if (!found) {
      throw std::runtime_error("no such part, or of another kind: " + name);
    }
    return *found;
  }

  void expect(const std::string& name, const torch::Tensor& got) {
    if (file_.has("mid/" + name)) {
      EXPECT_TRUE(file_.close("mid/" + name, got));
    }
  }

  [[nodiscard]] DenoiserInput input() const {
    DenoiserInput input{.z = test::flat_tokens(file_.input("in/zt")), .noise_level = {}, .labels = {}};
    if (options_.condition != Condition::kNone) {
      input.noise_level = file_.input("in/t");
    }
    if (options_.classes > 0) {
      input.labels = file_.input("in/label").to(torch::kInt64);
    }
    return input;
  }

  // The condition vector, or an undefined tensor.
  [[nodiscard]] torch::Tensor condition(const DenoiserInput& in) {
    if (options_.classes > 0) {
      expect("cond_embeddings", part<Embedding>("condition.label").forward(*in.labels));
    }
    const auto vector = part<CondEmbedding>("condition").forward(in);
    expect("classifier/CondEmbedding_0", vector);
    return vector;
  }

  ReferenceFile file_{GetParam()};
  DenoiserOptions options_ = test::options_of(file_.entry().at("config"));
  ReferenceNetwork reference_{file_, options_};
  torch::OrderedDict<std::string, std::shared_ptr<torch::nn::Module>> modules_;
  torch::NoGradGuard no_grad_;
};

class TransformerParts : public Parts {
 protected:
  // One block by hand, with the outputs of its two halves on the way.
  torch::Tensor block(int64_t index, const torch::Tensor& x, const torch::Tensor& condition, const RotaryTable& table) {
    const auto ours = "blocks." + std::to_string(index);
    const auto theirs = "classifier/Transformer_0/TransformerBlock_" + std::to_string(index);
    std::vector<torch::Tensor> modulation(6);
    if (condition.defined()) {
      modulation = part<Linear>(ours + ".modulation").forward(condition).unsqueeze(1).chunk(6, 2);
    }
    const auto normed = [&](const torch::Tensor& h, size_t first, const std::string& norm) {
      return condition.defined() ? modulated_norm(h, modulation[first], modulation[first + 1], kTransformerNormEpsilon)
                                 : part<RmsNorm>(ours + norm).forward(h);
    };
    const auto attended = part<RotaryAttention>(ours + ".attention").forward(normed(x, 0, ".attention_norm"), table);
    expect(theirs + "/attention", attended);
    const auto h = x + (condition.defined() ? modulation[2] * attended : attended);
    const auto fed = part<FeedForward>(ours + ".feed_forward").forward(normed(h, 3, ".feed_forward_norm"));
    expect(theirs + "/feed_forward", fed);
    const auto out = part<TransformerBlock>(ours).forward(x, condition, table);
    expect(theirs, out);
    return out;
  }
};

TEST_P(TransformerParts, Agree) {
  const auto in = input();
  auto cond = condition(in);
  if (cond.defined()) {
    cond = apply_gate(options_.transformer.gate, cond);
  }
  auto h = part<Embedding>("embedding").forward(in.z);
  expect(options_.transformer.narrow_embedding ? "classifier/Embed_0" : "classifier/Transformer_0/Embed_0", h);
  if (options_.transformer.narrow_embedding) {
    h = part<Linear>("widen").forward(h);
  }
  const auto table = rotary_table(in.z.size(1), options_.width);
  for (int64_t i = 0; i < options_.layers; ++i) {
    h = block(i, h, cond, table);
  }
  expect("classifier/Transformer_0", part<TransformerHead>("head").logits(h, cond));
}

INSTANTIATE_TEST_SUITE_P(Fixtures, TransformerParts,
                         testing::Values("net_text8", "net_owt", "net_swiglu_adaln_class", "net_geglu_time",
                                         "net_uncond_rms", "net_classonly"),
                         [](const auto& item) { return std::string(item.param); });

class ImageParts : public Parts {
 protected:
  const std::string root_ = "classifier/UNet5DWrapper_0/UNet_0";

  [[nodiscard]] static torch::Tensor channels_last(const torch::Tensor& x) { return x.permute({0, 2, 3, 1}); }

  // Ours holds the swish that follows the reference's norm.
  void expect_norm(const std::string& name, const torch::Tensor& swished) {
    if (file_.has("mid/" + name)) {
      const auto want = at::silu(file_.result("mid/" + name));
      const auto& tolerance = file_.entry().at("tensors").at("mid/" + name).at("tolerance");
      EXPECT_TRUE(torch::allclose(channels_last(swished), want, tolerance.at("rtol"), tolerance.at("atol"))) << name;
    }
  }

  [[nodiscard]] torch::Tensor stem(const DenoiserInput& in) {
    const auto& shape = options_.shape;
    const auto embedded = part<Embedding>("stem.embedding").forward(in.z);
    const auto by_pixel = embedded.unflatten(1, {shape.height, shape.width, shape.channels});
    expect("classifier/Embed_0", by_pixel);
    return part<Conv2d>("stem.conv").forward(by_pixel.flatten(3).permute({0, 3, 1, 2}));
  }

  void expect_logits(const DenoiserInput& in) {
    const auto& shape = options_.shape;
    const auto logits = reference_.network().logits(in);
    expect(root_, logits.view({in.z.size(0), shape.height, shape.width, -1}));
  }

  torch::Tensor unet_block(int64_t index, const std::string& ours, const torch::Tensor& x, const torch::Tensor& cond) {
    const auto out = part<UNetBlock>(ours).forward(x, cond);
    expect(root_ + "/ResBlock_" + std::to_string(index), channels_last(out));
    return out;
  }

  torch::Tensor uvit_block(int64_t index, const std::string& ours, const torch::Tensor& x, const torch::Tensor& cond) {
    const auto theirs = root_ + "/ResBlock_" + std::to_string(index);
    const auto& block = part<UViTBlock>(ours);
    const auto first = part<NormSwish>(ours + ".norm_in").forward(x, cond);
    expect_norm(theirs + "/CondGroupNorm_0", first);
    const auto resampled = block.resample() == Resample::kDown ? at::avg_pool2d(first, {2, 2})
                           : block.resample() == Resample::kUp
                               ? at::upsample_nearest2d(first, {2 * first.size(2), 2 * first.size(3)})
                               : first;
    const auto h = part<Conv2d>(ours + ".conv_in").forward(resampled);
    expect_norm(theirs + "/CondGroupNorm_1", part<NormSwish>(ours + ".norm_out").forward(h, cond));
    const auto out = block.forward(x, cond);
    expect(theirs, channels_last(out));
    return out;
  }

  torch::Tensor core_block(int64_t index, const torch::Tensor& x, const torch::Tensor& swished) {
    const auto ours = "core.blocks." + std::to_string(index);
    const auto theirs = root_ + "/DiT_0/blocks_" + std::to_string(index);
    torch::Tensor normed;
    if (swished.defined()) {
      const auto modulation = part<Linear>(ours + ".modulation").forward(swished).unsqueeze(1).chunk(6, 2);
      normed = modulated_norm(x, modulation[0], modulation[1], kNormEpsilon);
    } else {
      normed = part<RmsNorm>(ours + ".norm_in").forward(x);
    }
    expect(theirs + "/attn", part<SelfAttention>(ours + ".attention").forward(normed));
    const auto out = part<DitBlock>(ours).forward(x, swished);
    expect(theirs, out);
    return out;
  }

  torch::Tensor core(const torch::Tensor& x, const torch::Tensor& cond) {
    const auto theirs = root_ + "/DiT_0";
    const auto swished = cond.defined() ? at::silu(cond) : torch::Tensor();
    auto h = part<Conv2d>("core.patchify").forward(x).flatten(2).transpose(1, 2);
    expect(theirs + "/x_embedder", h);
    h = h + reference_.network().named_parameters()["core.position"].flatten(0, 1);
    for (int64_t i = 0; i < options_.uvit.dit_layers; ++i) {
      h = core_block(i, h, swished);
    }
    if (swished.defined()) {
      const auto modulation = part<Linear>("core.modulation").forward(swished).unsqueeze(1).chunk(2, 2);
      h = modulated_norm(h, modulation[0], modulation[1], kNormEpsilon);
    } else {
      h = part<RmsNorm>("core.norm").forward(h);
    }
    expect(theirs + "/final_layer", part<Linear>("core.unpatchify").forward(h));
    const auto out = part<Dit>("core").forward(x, cond);
    expect(theirs, channels_last(out));
    return out;
  }
};

class UNetParts : public ImageParts {};

TEST_P(UNetParts, Agree) {
  const auto in = input();
  const auto cond = condition(in);
  std::vector<torch::Tensor> kept{stem(in)};
  int64_t index = 0;
  for (int64_t i = 0; i < options_.layers; ++i) {
    kept.push_back(unet_block(index++, "down." + std::to_string(i), kept.back(), cond));
  }
  auto h = unet_block(index++, "middle.0", kept.back(), cond);
  h = part<SpatialAttention>("attention").forward(h);
  expect(root_ + "/SelfAttention_0", channels_last(h));
  h = unet_block(index++, "middle.1", h, cond);
  for (int64_t i = 0; i <= options_.layers; ++i) {
    h = unet_block(index++, "up." + std::to_string(i), torch::cat({h, kept.back()}, 1), cond);
    kept.pop_back();
  }
  expect_logits(in);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, UNetParts,
                         testing::Values("net_unet_cifar", "net_unet_class", "net_unet_uncond", "net_unet_wide"),
                         [](const auto& item) { return std::string(item.param); });

class UViTParts : public ImageParts {};

TEST_P(UViTParts, Agree) {
  const auto in = input();
  const auto cond = condition(in);
  std::vector<torch::Tensor> kept{stem(in)};
  int64_t index = 0;
  for (int64_t i = 0; modules_.contains("down." + std::to_string(i)); ++i) {
    kept.push_back(uvit_block(index++, "down." + std::to_string(i), kept.back(), cond));
  }
  auto h = core(kept.back(), cond);
  for (int64_t i = 0; modules_.contains("up." + std::to_string(i)); ++i) {
    const auto name = "up." + std::to_string(i);
    if (part<UViTBlock>(name).resample() == Resample::kNone) {
      h = torch::cat({h, kept.back()}, 1);
      kept.pop_back();
    }
    h = uvit_block(index++, name, h, cond);
  }
  expect_norm(root_ + "/CondGroupNorm_0", part<NormSwish>("head.norm").forward(h, cond));
  expect_logits(in);
}

INSTANTIATE_TEST_SUITE_P(Fixtures, UViTParts,
                         testing::Values("net_uvit_imagenet", "net_uvit_multires_class", "net_uvit_multires_skips",
                                         "net_uvit_uncond", "net_uvit_wide"),
                         [](const auto& item) { return std::string(item.param); });

}  // namespace
}  // namespace veil
