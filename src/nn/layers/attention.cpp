#include "nn/layers/attention.h"

#include "base/torch.h"

namespace veil {

torch::Tensor channel_dropout(const torch::Tensor& x, double probability, bool training) {
  if (!training || probability == 0) {
    return x;
  }
  return x * at::dropout(at::ones({x.size(0), 1, x.size(2)}, x.options()), probability, training);
}

SelfAttention::SelfAttention(const AttentionOptions& options, torch::Device device)
    : heads_(options.heads), dropout_(options.dropout) {
  const LinearOptions qkv{.in = options.width, .out = 3 * options.width, .weight = {}};
  qkv_ = register_module("qkv", std::make_shared<Linear>(qkv, device));
  const LinearOptions out{.in = options.width, .out = options.width, .bias = options.out_bias, .weight = {}};
  out_ = register_module("out", std::make_shared<Linear>(out, device));
}

torch::Tensor SelfAttention::forward(const torch::Tensor& x) const {
  const auto qkv = qkv_->forward(x).unflatten(2, {3, heads_, -1}).permute({2, 0, 3, 1, 4}).unbind(0);
  const double probability = is_training() ? dropout_ : 0.0;
  const auto mixed = at::scaled_dot_product_attention(qkv[0], qkv[1], qkv[2], {}, probability);
  return channel_dropout(out_->forward(mixed.transpose(1, 2).flatten(2)), dropout_, is_training());
}

SpatialAttention::SpatialAttention(int64_t channels, torch::Device device) {
  norm_ = register_module("norm", std::make_shared<GroupNorm>(channels, device));
  const AttentionOptions options{.width = channels, .heads = 1, .out_bias = true, .dropout = 0.0};
  attend_ = register_module("attend", std::make_shared<SelfAttention>(options, device));
}

torch::Tensor SpatialAttention::forward(const torch::Tensor& x) const {
  const auto tokens = norm_->forward(x).flatten(2).transpose(1, 2);
  return x + attend_->forward(tokens).transpose(1, 2).unflatten(2, {x.size(2), x.size(3)});
}

}  // namespace veil
