#include "nn/text/transformer_block.h"

#include "base/torch.h"
#include "nn/layers/attention.h"

namespace veil {
namespace {

// [B, G, N, w] → [B, G * times, N, w]: each head that many times in a row.
torch::Tensor repeat_heads(const torch::Tensor& x, int64_t times) {
  return times == 1 ? x : x.repeat_interleave(times, 1);
}

}  // namespace

int64_t feed_forward_width(int64_t width) {
  constexpr int64_t kMultiple = 32;
  const int64_t hidden = 2 * 4 * width / 3;
  return (hidden + kMultiple - 1) / kMultiple * kMultiple;
}

torch::Tensor apply_gate(Gate gate, const torch::Tensor& x) {
  switch (gate) {
    case Gate::kSigmoid:
      return at::sigmoid(x);
    case Gate::kSwish:
      return at::silu(x);
    case Gate::kGelu:
      return at::gelu(x, "tanh");
  }
  return x;
}

RotaryAttention::RotaryAttention(const TransformerBlockOptions& options, torch::Device device)
    : heads_(options.heads),
      key_value_heads_(options.key_value_heads),
      head_width_(options.width / options.heads),
      causal_(options.causal),
      dropout_(options.dropout) {
  const int64_t all_heads = heads_ + 2 * key_value_heads_;
  const LinearOptions qkv{.in = options.width, .out = all_heads * head_width_, .bias = false, .weight = {}};
  qkv_ = register_module("qkv", std::make_shared<Linear>(qkv, device));
  const LinearOptions out{.in = options.width, .out = options.width, .bias = false, .weight = {}};
  out_ = register_module("out", std::make_shared<Linear>(out, device));
}

torch::Tensor RotaryAttention::forward(const torch::Tensor& x, const RotaryTable& table) const {
  const auto heads = qkv_->forward(x).unflatten(2, {-1, head_width_}).transpose(1, 2);  // [B, all heads, N, head width]
  const auto turned = rotate_pairs(heads.narrow(1, 0, heads_ + key_value_heads_), table);
  const auto value = heads.narrow(1, heads_ + key_value_heads_, key_value_heads_);
  const int64_t times = heads_ / key_value_heads_;
  const auto mixed = at::scaled_dot_product_attention(
      turned.narrow(1, 0, heads_), repeat_heads(turned.narrow(1, heads_, key_value_heads_), times),
      repeat_heads(value, times).to(turned.scalar_type()), {}, is_training() ? dropout_ : 0.0, causal_);
  return channel_dropout(out_->forward(mixed.transpose(1, 2).flatten(2)), dropout_, is_training());
}

FeedForward::FeedForward(const TransformerBlockOptions& options, torch::Device device)
    : gate_(options.gate), dropout_(options.dropout) {
  const LinearOptions in{.in = options.width, .out = 2 * options.hidden, .bias = false, .weight = options.feed_forward};
  in_ = register_module("in", std::make_shared<Linear>(in, device));
  const LinearOptions out{.in = options.hidden, .out = options.width, .bias = false, .weight = options.feed_forward};
  out_ = register_module("out", std::make_shared<Linear>(out, device));
}

torch::Tensor FeedForward::forward(const torch::Tensor& x) const {
  const auto half = in_->forward(x).chunk(2, -1);
  return channel_dropout(out_->forward(apply_gate(gate_, half[0]) * half[1]), dropout_, is_training());
}

TransformerBlock::TransformerBlock(const TransformerBlockOptions& options, torch::Device device) {
  if (options.cond_width > 0) {
    const LinearOptions linear{.in = options.cond_width, .out = 6 * options.width, .weight = options.modulation};
    modulation_ = register_module("modulation", std::make_shared<Linear>(linear, device));
  } else {
    const auto norm = [&] { return std::make_shared<RmsNorm>(options.width, kTransformerNormEpsilon, device); };
    attention_norm_ = register_module("attention_norm", norm());
    feed_forward_norm_ = register_module("feed_forward_norm", norm());
  }
  attention_ = register_module("attention", std::make_shared<RotaryAttention>(options, device));
  feed_forward_ = register_module("feed_forward", std::make_shared<FeedForward>(options, device));
}

torch::Tensor TransformerBlock::forward(const torch::Tensor& x, const torch::Tensor& condition,
                                        const RotaryTable& table) const {
  if (!modulation_) {
    const auto h = x + attention_->forward(attention_norm_->forward(x), table);
    return h + feed_forward_->forward(feed_forward_norm_->forward(h));
  }
  const auto part = modulation_->forward(condition).unsqueeze(1).chunk(6, 2);
  const auto normed = [](const torch::Tensor& h, const torch::Tensor& shift, const torch::Tensor& scale) {
    return modulated_norm(h, shift, scale, kTransformerNormEpsilon);
  };
  const auto h = x + part[2] * attention_->forward(normed(x, part[0], part[1]), table);
  return h + part[5] * feed_forward_->forward(normed(h, part[3], part[4]));
}

}  // namespace veil
