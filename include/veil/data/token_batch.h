#pragma once

#include <torch/types.h>

#include <cstdint>
#include <optional>

#include "veil/data/token_shape.h"

namespace veil {

/// A batch of clean examples.
struct TokenBatch {
  torch::Tensor tokens;                 ///< int64 [B, L], values in [0, vocab_size); on the CPU
  std::optional<torch::Tensor> labels;  ///< int64 [B], values in [0, classes); absent if the data have none
  torch::Tensor example_ids;            ///< int64 [B]: index of each example in its data set; keys the noise

  [[nodiscard]] int64_t size() const { return tokens.size(0); }
};

}  // namespace veil
