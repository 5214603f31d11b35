#include "nn/image/dit.h"

#include <torch/nn/modules/container/modulelist.h>

#include <array>

#include "base/torch.h"

namespace veil {
namespace {

std::shared_ptr<Linear> make_modulation(const DitOptions& options, int64_t parts, torch::Device device) {
  const LinearOptions linear{.in = options.cond_width, .out = parts * options.model_width, .weight = kZeroWeights};
  return std::make_shared<Linear>(linear, device);
}

}  // namespace

DitBlock::DitBlock(const DitOptions& options, torch::Device device) : dropout_(options.dropout) {
  const int64_t width = options.model_width;
  if (options.cond_width > 0) {
    modulation_ = register_module("modulation", make_modulation(options, 6, device));
  } else {
    norm_in_ = register_module("norm_in", std::make_shared<RmsNorm>(width, kNormEpsilon, device));
    norm_out_ = register_module("norm_out", std::make_shared<RmsNorm>(width, kNormEpsilon, device));
  }
  const AttentionOptions attention{
      .width = width, .heads = options.heads, .out_bias = false, .dropout = options.dropout};
  attention_ = register_module("attention", std::make_shared<SelfAttention>(attention, device));
  const LinearOptions mlp_in{.in = width, .out = 4 * width, .weight = {}};
  mlp_in_ = register_module("mlp_in", std::make_shared<Linear>(mlp_in, device));
  const LinearOptions mlp_out{.in = 4 * width, .out = width, .weight = {}};
  mlp_out_ = register_module("mlp_out", std::make_shared<Linear>(mlp_out, device));
}

torch::Tensor DitBlock::mlp(const torch::Tensor& x) const {
  const auto hidden = at::dropout(at::gelu(mlp_in_->forward(x), "tanh"), dropout_, is_training());
  return at::dropout(mlp_out_->forward(hidden), dropout_, is_training());
}

torch::Tensor DitBlock::forward(const torch::Tensor& x, const torch::Tensor& condition) const {
  if (!modulation_) {
    const auto h = x + attention_->forward(norm_in_->forward(x));
    return h + mlp(norm_out_->forward(h));
  }
  const auto part = modulation_->forward(condition).unsqueeze(1).chunk(6, 2);
  const auto h = x + part[2] * attention_->forward(modulated_norm(x, part[0], part[1], kNormEpsilon));
  return h + part[5] * mlp(modulated_norm(h, part[3], part[4], kNormEpsilon));
}

Dit::Dit(const DitOptions& options, torch::Device device) : options_(options) {
  const int64_t width = options.model_width;
  const int64_t patch = options.patch;
  const ConvOptions patches{.in = options.channels, .out = width, .kernel = patch, .stride = patch, .weight = {}};
  patchify_ = register_module("patchify", std::make_shared<Conv2d>(patches, device));
  position_ = add_parameter("position", {options.height / patch, options.width / patch, width},
                            {.value = InitialValue::kGridSinCos}, device);
  const auto list = register_module("blocks", std::make_shared<torch::nn::ModuleListImpl>());
  for (int64_t i = 0; i < options.layers; ++i) {
    blocks_.push_back(std::make_shared<DitBlock>(options, device));
    list->push_back(blocks_.back());
  }
  if (options.cond_width > 0) {
    modulation_ = register_module("modulation", make_modulation(options, 2, device));
  } else {
    norm_ = register_module("norm", std::make_shared<RmsNorm>(width, kNormEpsilon, device));
  }
  const LinearOptions out{.in = width, .out = patch * patch * options.channels, .weight = kZeroWeights};
  unpatchify_ = register_module("unpatchify", std::make_shared<Linear>(out, device));
}

// [B, N, patch^2 channels] to [B, channels, height, width]; a token holds its pixels row by row.
torch::Tensor Dit::unpatchify(const torch::Tensor& tokens) const {
  const int64_t patch = options_.patch;
  const auto patches = tokens.view({tokens.size(0), options_.height / patch, options_.width / patch, patch, patch, -1});
  const auto pixels = patches.transpose(2, 3).reshape({tokens.size(0), options_.height, options_.width, -1});
  return pixels.permute({0, 3, 1, 2});
}

torch::Tensor Dit::forward(const torch::Tensor& x, const torch::Tensor& condition) const {
  auto h = patchify_->forward(x).flatten(2).transpose(1, 2) + position_.flatten(0, 1);
  const auto swished = modulation_ ? at::silu(condition) : torch::Tensor();
  for (const auto& block : blocks_) {
    h = block->forward(h, swished);
  }
  if (modulation_) {
    const auto part = modulation_->forward(swished).unsqueeze(1).chunk(2, 2);
    h = modulated_norm(h, part[0], part[1], kNormEpsilon);
  } else {
    h = norm_->forward(h);
  }
  return unpatchify(unpatchify_->forward(h));
}

}  // namespace veil
