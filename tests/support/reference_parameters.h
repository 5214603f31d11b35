#pragma once

#include <string>
#include <vector>

#include "base/torch.h"
#include "veil/nn/denoiser.h"

namespace veil::test {

/// How the reference lays out a parameter, seen from ours.
enum class Layout {
  kSame,
  kDense,     ///< [in, out] for our [out, in] or [out, in, 1, 1]
  kConv,      ///< [rows, columns, in, out] for our [out, in, rows, columns]
  kHeadsIn,   ///< [in, heads, n] for our [heads * n, in]
  kHeadsOut,  ///< [heads, n, out] for our [out, heads * n]
  kGrid,      ///< [rows * columns, width] for our [rows, columns, width]
};

struct ReferenceParameter {
  std::string reference;
  std::string ours;
  Layout layout = Layout::kSame;
  int64_t part = 0;  ///< which of `parts` equal blocks of rows of ours: matrices that are one here and several there
  int64_t parts = 1;
};

/// A view of our parameter or gradient in the layout of the reference, whose shape is `sizes`.
inline torch::Tensor reference_view(const ReferenceParameter& entry, torch::Tensor ours, torch::IntArrayRef sizes) {
  ours = ours.chunk(entry.parts, 0)[entry.part];
  switch (entry.layout) {
    case Layout::kSame:
      return ours.view(sizes);
    case Layout::kDense:
      return ours.flatten(1).t();
    case Layout::kConv:
      return ours.permute({2, 3, 1, 0});
    case Layout::kHeadsIn:
      return ours.unflatten(0, {sizes[1], sizes[2]}).permute({2, 0, 1});
    case Layout::kHeadsOut:
      return ours.unflatten(1, {sizes[0], sizes[1]}).permute({1, 2, 0});
    case Layout::kGrid:
      return ours.flatten(0, 1);
  }
  return ours;
}

/// Every parameter of the reference's networks beside ours.
class ReferenceNames {
 public:
  explicit ReferenceNames(const DenoiserOptions& options)
      : options_(options), conditional_(options.condition != Condition::kNone || options.classes > 0) {
    add_condition();
    switch (options.network) {
      case NetworkKind::kUNet:
        add_image_ends(), add_unet();
        break;
      case NetworkKind::kUViT:
        add_image_ends(), add_uvit();
        break;
      case NetworkKind::kTransformer:
        add_transformer();
        break;
    }
  }

  [[nodiscard]] const std::vector<ReferenceParameter>& all() const { return all_; }

 private:
  const std::string root_ = "classifier/UNet5DWrapper_0/UNet_0/";
  const std::string text_root_ = "classifier/Transformer_0/";

  void layer(const std::string& reference, const std::string& ours, Layout layout, bool bias = true) {
    all_.push_back({reference + "/kernel", ours + ".weight", layout});
    if (bias) {
      all_.push_back({reference + "/bias", ours + ".bias"});
    }
  }
  void norm(const std::string& reference, const std::string& ours) {
    all_.push_back({reference + "/scale", ours + ".weight"});
    all_.push_back({reference + "/bias", ours + ".bias"});
  }
  void conditional_norm(const std::string& reference, const std::string& ours) {
    conditional_ ? layer(reference + "/Dense_0", ours + ".modulation", Layout::kDense)
                 : norm(reference + "/GroupNorm_0", ours);
  }

  void add_image_ends() {
    all_.push_back({"classifier/Embed_0/embedding", "stem.embedding.weight"});
    layer(root_ + "Conv_0", "stem.conv", Layout::kConv);
    layer(root_ + "Conv_1", "head", Layout::kConv);
  }

  void add_condition() {
    if (options_.powers == Powers::kSoftplus) {
      all_.push_back({"noise_schedule/w", "powers.raw"});
    }
    if (options_.classes > 0) {
      all_.push_back({"cond_embeddings/embedding", "condition.label.weight"});
    }
    if (options_.condition != Condition::kNone) {
      layer("classifier/CondEmbedding_0/dense0", "condition.hidden", Layout::kDense);
      layer("classifier/CondEmbedding_0/Dense_0", "condition.out", Layout::kDense);
    }
  }

  void add_unet() {
    norm(root_ + "GroupNorm_0", "head.norm");
    int64_t index = 0;
    for (int64_t i = 0; i < options_.layers; ++i) {
      unet_block(index++, "down." + std::to_string(i), false);
    }
    unet_block(index++, "middle.0", false);
    unet_block(index++, "middle.1", false);
    for (int64_t i = 0; i <= options_.layers; ++i) {
      unet_block(index++, "up." + std::to_string(i), true);
    }
    norm(root_ + "SelfAttention_0/GroupNorm_0", "attention.norm");
    const auto attention = root_ + "SelfAttention_0/MultiHeadDotProductAttention_0/";
    for (int64_t third = 0; third < 3; ++third) {
      const auto name = attention + std::vector<std::string>{"query", "key", "value"}[third];
      all_.push_back({name + "/kernel", "attention.attend.qkv.weight", Layout::kHeadsIn, third, 3});
      all_.push_back({name + "/bias", "attention.attend.qkv.bias", Layout::kSame, third, 3});
    }
    layer(attention + "out", "attention.attend.out", Layout::kHeadsOut);
  }

  void unet_block(int64_t index, const std::string& ours, bool widening) {
    const auto reference = root_ + "ResBlock_" + std::to_string(index) + "/";
    norm(reference + "GroupNorm_0", ours + ".norm_in");
    norm(reference + "GroupNorm_1", ours + ".norm_out");
    layer(reference + "Conv_0", ours + ".conv_in", Layout::kConv);
    layer(reference + "Conv_1", ours + ".conv_out", Layout::kConv);
    if (conditional_) {
      layer(reference + "Dense_0", ours + ".condition", Layout::kDense, /*bias=*/false);
    }
    if (widening) {
      layer(reference + (conditional_ ? "Dense_1" : "Dense_0"), ours + ".skip", Layout::kDense);
    }
  }

  void add_uvit() {
    conditional_norm(root_ + "CondGroupNorm_0", "head.norm");
    const auto& multipliers = options_.uvit.width_multipliers;
    std::vector<int64_t> kept{options_.width};
    int64_t index = 0;
    for (size_t level = 0; level < multipliers.size(); ++level) {
      const int64_t width = options_.width * multipliers[level];
      for (int64_t k = 0; k < options_.layers; ++k, ++index) {
        uvit_block(index, "down." + std::to_string(index), kept.back() != width);
        kept.push_back(width);
      }
      if (level + 1 < multipliers.size()) {
        uvit_block(index, "down." + std::to_string(index), false);
        kept.push_back(kept.back());
        ++index;
      }
    }
    add_uvit_up(index, std::move(kept));
    add_core();
  }

  void add_uvit_up(int64_t index, std::vector<int64_t> kept) {
    int64_t channels = kept.back();
    int64_t i = 0;
    for (size_t level = options_.uvit.width_multipliers.size(); level-- > 0;) {
      const int64_t width = options_.width * options_.uvit.width_multipliers[level];
      for (int64_t k = 0; k <= options_.layers; ++k) {
        uvit_block(index++, "up." + std::to_string(i++), channels + kept.back() != width);
        kept.pop_back();
        channels = width;
      }
      if (level > 0) {
        uvit_block(index++, "up." + std::to_string(i++), false);
      }
    }
  }

  void uvit_block(int64_t index, const std::string& ours, bool widening) {
    const auto reference = root_ + "ResBlock_" + std::to_string(index) + "/";
    conditional_norm(reference + "CondGroupNorm_0", ours + ".norm_in");
    conditional_norm(reference + "CondGroupNorm_1", ours + ".norm_out");
    layer(reference + "Conv_0", ours + ".conv_in", Layout::kConv);
    layer(reference + "Conv_1", ours + ".conv_out", Layout::kConv);
    if (widening) {
      layer(reference + "Dense_0", ours + ".skip", Layout::kDense);
    }
  }

  void add_core() {
    const auto core = root_ + "DiT_0/";
    layer(core + "x_embedder/proj", "core.patchify", Layout::kConv);
    all_.push_back({core + "pos_embed", "core.position", Layout::kGrid});
    layer(core + "final_layer/linear", "core.unpatchify", Layout::kDense);
    if (conditional_) {
      layer(core + "final_layer/Dense_0", "core.modulation", Layout::kDense);
    } else {
      all_.push_back({core + "final_layer/RMSNorm_0/scale", "core.norm.weight"});
    }
    for (int64_t i = 0; i < options_.uvit.dit_layers; ++i) {
      core_block(core + "blocks_" + std::to_string(i) + "/", "core.blocks." + std::to_string(i));
    }
  }

  void core_block(const std::string& reference, const std::string& ours) {
    if (conditional_) {
      layer(reference + "Dense_0", ours + ".modulation", Layout::kDense);
    } else {
      all_.push_back({reference + "RMSNorm_0/scale", ours + ".norm_in.weight"});
      all_.push_back({reference + "RMSNorm_1/scale", ours + ".norm_out.weight"});
    }
    for (int64_t third = 0; third < 3; ++third) {
      const auto name = reference + "attn/" + std::vector<std::string>{"wq", "wk", "wv"}[third];
      all_.push_back({name + "/kernel", ours + ".attention.qkv.weight", Layout::kDense, third, 3});
      all_.push_back({name + "/bias", ours + ".attention.qkv.bias", Layout::kSame, third, 3});
    }
    layer(reference + "attn/wo", ours + ".attention.out", Layout::kDense, /*bias=*/false);
    layer(reference + "mlp/fc1", ours + ".mlp_in", Layout::kDense);
    layer(reference + "mlp/fc2", ours + ".mlp_out", Layout::kDense);
  }

  void add_transformer() {
    // The reference numbers its dense layers in the order in which it makes them.
    int64_t dense = 0;
    const auto next_dense = [&] { return text_root_ + "Dense_" + std::to_string(dense++); };
    if (options_.transformer.narrow_embedding) {
      all_.push_back({"classifier/Embed_0/embedding", "embedding.weight"});
      layer(next_dense(), "widen", Layout::kDense);
    } else {
      all_.push_back({text_root_ + "Embed_0/embedding", "embedding.weight"});
    }
    if (conditional_) {
      layer(next_dense(), "head.modulation", Layout::kDense);
    } else {
      all_.push_back({text_root_ + "RMSNorm_0/scale", "head.norm.weight"});
    }
    layer(next_dense(), "head.out", Layout::kDense, /*bias=*/false);
    for (int64_t i = 0; i < options_.layers; ++i) {
      text_block(text_root_ + "TransformerBlock_" + std::to_string(i) + "/", "blocks." + std::to_string(i));
    }
  }

  void text_block(const std::string& reference, const std::string& ours) {
    if (conditional_) {
      layer(reference + "Dense_0", ours + ".modulation", Layout::kDense);
    } else {
      all_.push_back({reference + "RMSNorm_0/scale", ours + ".attention_norm.weight"});
      all_.push_back({reference + "RMSNorm_1/scale", ours + ".feed_forward_norm.weight"});
    }
    for (int64_t third = 0; third < 3; ++third) {
      const auto name = reference + "attention/" + std::vector<std::string>{"wq", "wk", "wv"}[third];
      all_.push_back({name + "/kernel", ours + ".attention.qkv.weight", Layout::kDense, third, 3});
    }
    layer(reference + "attention/wo", ours + ".attention.out", Layout::kDense, /*bias=*/false);
    const auto feed_forward = reference + "feed_forward/";
    all_.push_back({feed_forward + "w1/kernel", ours + ".feed_forward.in.weight", Layout::kDense, 0, 2});
    all_.push_back({feed_forward + "w3/kernel", ours + ".feed_forward.in.weight", Layout::kDense, 1, 2});
    layer(feed_forward + "w2", ours + ".feed_forward.out", Layout::kDense, /*bias=*/false);
  }

  DenoiserOptions options_;
  bool conditional_;
  std::vector<ReferenceParameter> all_;
};

}  // namespace veil::test
