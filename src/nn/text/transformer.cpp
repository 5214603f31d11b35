#include "nn/text/transformer.h"

#include <torch/nn/modules/container/modulelist.h>

#include "base/torch.h"
#include "nn/input_checks.h"
#include "nn/row_buckets.h"
#include "veil/base/device.h"

namespace veil {

TransformerBlockOptions transformer_block_options(const DenoiserOptions& options) {
  const auto& own = options.transformer;
  const int64_t width = options.width * own.heads;
  const double variance = own.depth_scaled ? 2.0 / static_cast<double>(options.layers) : 1.0;
  return {.width = width,
          .heads = own.heads,
          .key_value_heads = own.key_value_heads > 0 ? own.key_value_heads : own.heads,
          .hidden = feed_forward_width(width),
          .cond_width = condition_width(options),
          .gate = own.gate,
          .causal = own.causal,
          .dropout = options.dropout,
          .modulation = own.zero_modulation ? kZeroWeights : Initializer{},
          .feed_forward = {.value = InitialValue::kLecunNormal, .gain = variance}};
}

TransformerHead::TransformerHead(const TransformerBlockOptions& options, int64_t vocab_size, torch::Device device) {
  if (options.cond_width > 0) {
    const LinearOptions linear{.in = options.cond_width, .out = 2 * options.width, .weight = options.modulation};
    modulation_ = register_module("modulation", std::make_shared<Linear>(linear, device));
  } else {
    norm_ = register_module("norm", std::make_shared<RmsNorm>(options.width, kTransformerNormEpsilon, device));
  }
  const LinearOptions out{.in = options.width, .out = vocab_size, .bias = false, .weight = kZeroWeights};
  out_ = register_module("out", std::make_shared<Linear>(out, device));
}

torch::Tensor TransformerHead::logits(const torch::Tensor& x, const torch::Tensor& condition) const {
  if (!modulation_) {
    return out_->forward(norm_->forward(x)).to(torch::kFloat32);
  }
  const auto part = modulation_->forward(condition).unsqueeze(1).chunk(2, 2);
  return out_->forward(modulated_norm(x, part[0], part[1], kTransformerNormEpsilon)).to(torch::kFloat32);
}

torch::Tensor TransformerHead::logits_at(const torch::Tensor& x, const torch::Tensor& condition,
                                         const torch::Tensor& positions) const {
  check_positions(positions, x.size(0) * x.size(1));
  const auto computed = in_buckets(positions, x.device());
  const auto rows = x.flatten(0, 1).index_select(0, to_device(computed, x.device()));  // [M or more, width]
  const auto logits_of = [&](const torch::Tensor& normed) {
    return out_->forward(normed).to(torch::kFloat32).narrow(0, 0, positions.numel());
  };
  if (!modulation_) {
    return logits_of(norm_->forward(rows));
  }
  const auto example = to_device(computed.div(x.size(1), "floor"), x.device());
  const auto part = modulation_->forward(condition).index_select(0, example).chunk(2, 1);
  return logits_of(modulated_norm(rows, part[0], part[1], kTransformerNormEpsilon));
}

Transformer::Transformer(const DenoiserOptions& options, torch::Device device) : Denoiser(options, device) {
  const auto block = transformer_block_options(options);
  const bool narrow = options.transformer.narrow_embedding;
  const int64_t entries = options.vocab_size + 1;
  embedding_ =
      register_module("embedding", std::make_shared<Embedding>(entries, narrow ? options.width : block.width, device));
  if (narrow) {
    const LinearOptions widen{.in = options.width, .out = block.width, .weight = {}};
    widen_ = register_module("widen", std::make_shared<Linear>(widen, device));
  }
  condition_ = register_module("condition", std::make_shared<CondEmbedding>(options, device));
  const auto list = register_module("blocks", std::make_shared<torch::nn::ModuleListImpl>());
  for (int64_t i = 0; i < options.layers; ++i) {
    blocks_.push_back(std::make_shared<TransformerBlock>(block, device));
    list->push_back(blocks_.back());
  }
  head_ = register_module("head", std::make_shared<TransformerHead>(block, options.vocab_size, device));
  const auto table = rotary_table(options.shape.length(), options.width, device);
  table_.cosine = register_buffer("rotary_cosine", table.cosine);
  table_.sine = register_buffer("rotary_sine", table.sine);
}

torch::Tensor Transformer::embed(const torch::Tensor& z) const {
  const auto tokens = embedding_->forward(z);
  return widen_ ? widen_->forward(tokens) : at::dropout(tokens, options().dropout, is_training());
}

Transformer::Features Transformer::features(const DenoiserInput& input) {
  check_input(options(), input);
  auto condition = condition_->forward(input);
  if (condition.defined()) {
    condition = apply_gate(options().transformer.gate, condition);
  }
  auto h = embed(input.z);
  for (const auto& block : blocks_) {
    h = block->forward(h, condition, table_);
  }
  return {h, condition};
}

torch::Tensor Transformer::logits(const DenoiserInput& input) {
  const auto last = features(input);
  return head_->logits(last.tokens, last.condition);
}

torch::Tensor Transformer::logits_at(const DenoiserInput& input, const torch::Tensor& positions) {
  const auto last = features(input);
  return head_->logits_at(last.tokens, last.condition, positions);
}

}  // namespace veil
