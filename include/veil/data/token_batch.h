#pragma once

#include <torch/types.h>

#include <cstdint>
#include <optional>

namespace veil {

/// How a flat token sequence of length L is to be read. Image: H, W, C in that order (token index = (y*W + x)*C + c),
/// L = H*W*C. Text: height 1, width L, channels 1.
struct TokenShape {
  int64_t height = 1;
  int64_t width = 0;
  int64_t channels = 1;

  [[nodiscard]] int64_t length() const { return height * width * channels; }
  [[nodiscard]] bool operator==(const TokenShape&) const = default;
};

/// A batch of clean examples.
struct TokenBatch {
  torch::Tensor tokens;                 ///< int64 [B, L], values in [0, vocab_size); on the CPU
  std::optional<torch::Tensor> labels;  ///< int64 [B], values in [0, classes); absent if the data have none
  torch::Tensor example_ids;            ///< int64 [B]: index of each example in its data set; keys the noise

  [[nodiscard]] int64_t size() const { return tokens.size(0); }
};

}  // namespace veil
