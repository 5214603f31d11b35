#pragma once

#include <memory>
#include <vector>

#include "nn/embedding.h"
#include "nn/text/transformer_block.h"

namespace veil {

/// The last features of the transformer to logits: a norm, modulated by the condition if there is one, and a linear map
/// without bias that starts at zero.
class TransformerHead : public Layer {
 public:
  /// options: width, cond_width and modulation are used.
  TransformerHead(const TransformerBlockOptions& options, int64_t vocab_size, torch::Device device);

  /// x: [B, N, width]; condition: as for the blocks. Returns float32 [B, N, V].
  [[nodiscard]] torch::Tensor logits(const torch::Tensor& x, const torch::Tensor& condition) const;

  /// The same at `positions`, int64 [M] on the CPU, flat indices b*N + i: float32 [M, V], in their order, at a cost in
  /// proportion to M. Throws InvalidArgument if a position is out of range.
  [[nodiscard]] torch::Tensor logits_at(const torch::Tensor& x, const torch::Tensor& condition,
                                        const torch::Tensor& positions) const;

 private:
  std::shared_ptr<Linear> modulation_;
  std::shared_ptr<RmsNorm> norm_;
  std::shared_ptr<Linear> out_;
};

/// The transformer for text (Peebles & Xie's blocks with rotary positions; arXiv 2406.04329, appendix): tokens in
/// order, whatever options.shape; options.layers blocks of options.width * options.transformer.heads numbers a token,
/// each head options.width wide; input and output matrices are not tied. The condition is as wide as a head, and passes
/// the gate's function before every modulation.
class Transformer : public Denoiser {
 public:
  Transformer(const DenoiserOptions& options, torch::Device device);

  [[nodiscard]] torch::Tensor logits(const DenoiserInput& input) override;

  /// Runs the head at `positions` only.
  [[nodiscard]] torch::Tensor logits_at(const DenoiserInput& input, const torch::Tensor& positions) override;

 private:
  struct Features {
    torch::Tensor tokens;     // [B, N, width]
    torch::Tensor condition;  // [B, cond_width], its gate applied, or undefined
  };
  [[nodiscard]] Features features(const DenoiserInput& input);
  [[nodiscard]] torch::Tensor embed(const torch::Tensor& z) const;

  std::shared_ptr<Embedding> embedding_;
  std::shared_ptr<Linear> widen_;
  std::shared_ptr<CondEmbedding> condition_;
  std::vector<std::shared_ptr<TransformerBlock>> blocks_;
  std::shared_ptr<TransformerHead> head_;
  RotaryTable table_;
};

/// What make_denoiser builds each block of.
[[nodiscard]] TransformerBlockOptions transformer_block_options(const DenoiserOptions& options);

}  // namespace veil
