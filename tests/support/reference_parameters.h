#pragma once

#include <torch/torch.h>

#include <string>
#include <vector>

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
  int64_t third = -1;  ///< 0, 1, 2: a third of our fused query, key and value; -1: all
};

/// A view of our parameter or gradient in the layout of the reference, whose shape is `sizes`.
inline torch::Tensor reference_view(const ReferenceParameter& entry, torch::Tensor ours, torch::IntArrayRef sizes) {
  if (entry.third >= 0) {
    ours = ours.chunk(3, 0)[entry.third];
  }
  switch (entry.layout) {
    case Layout::kSame: return ours.view(sizes);
    case Layout::kDense: return ours.flatten(1).t();
    case Layout::kConv: return ours.permute({2, 3, 1, 0});
    case Layout::kHeadsIn: return ours.unflatten(0, {sizes[1], sizes[2]}).permute({2, 0, 1});
    case Layout::kHeadsOut: return ours.unflatten(1, {sizes[0], sizes[1]}).permute({1, 2, 0});
    case Layout::kGrid: return ours.flatten(0, 1);
  }
  return ours;
}

/// Every parameter of the reference's image networks beside ours.
class ReferenceNames {
 public:
  explicit ReferenceNames(const DenoiserOptions& options)
      : options_(options), conditional_(options.condition != Condition::kNone || options.classes > 0) {
    add_ends();
    options.network == NetworkKind::kUNet ? add_unet() : add_uvit();
  }

  [[nodiscard]] const std::vector<ReferenceParameter>& all() const { return all_; }

 private:
  const std::string root_ = "classifier/UNet5DWrapper_0/UNet_0/";

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

  void add_ends() {
    all_.push_back({"classifier/Embed_0/embedding", "stem.embedding.weight"});
    layer(root_ + "Conv_0", "stem.conv", Layout::kConv);
    layer(root_ + "Conv_1", "head", Layout::kConv);
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
      all_.push_back({name + "/kernel", "attention.attend.qkv.weight", Layout::kHeadsIn, third});
      all_.push_back({name + "/bias", "attention.attend.qkv.bias", Layout::kSame, third});
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
    const auto levels = static_cast<int64_t>(options_.width_multipliers.size());
    int64_t index = 0;
    // The fixtures have equal multipliers: no block on the way down changes the width.
    const int64_t down = levels * options_.layers + levels - 1;
    for (int64_t i = 0; i < down; ++i) {
      uvit_block(index++, "down." + std::to_string(i), false);
    }
    int64_t i = 0;
    for (int64_t level = levels - 1; level >= 0; --level) {
      for (int64_t k = 0; k <= options_.layers; ++k) {
        uvit_block(index++, "up." + std::to_string(i++), true);
      }
      if (level > 0) {
        uvit_block(index++, "up." + std::to_string(i++), false);
      }
    }
    add_core();
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
    for (int64_t i = 0; i < options_.dit_layers; ++i) {
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
      all_.push_back({name + "/kernel", ours + ".attention.qkv.weight", Layout::kDense, third});
      all_.push_back({name + "/bias", ours + ".attention.qkv.bias", Layout::kSame, third});
    }
    layer(reference + "attn/wo", ours + ".attention.out", Layout::kDense, /*bias=*/false);
    layer(reference + "mlp/fc1", ours + ".mlp_in", Layout::kDense);
    layer(reference + "mlp/fc2", ours + ".mlp_out", Layout::kDense);
  }

  DenoiserOptions options_;
  bool conditional_;
  std::vector<ReferenceParameter> all_;
};

}  // namespace veil::test
