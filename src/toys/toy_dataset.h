#pragma once

#include <torch/types.h>

#include <vector>

#include "veil/data/dataset.h"
#include "veil/toys/toy.h"

namespace veil {

/// `size` independent draws, examples 0 .. size - 1 of a stream with that seed: uint8 [size, L]. V at most 256.
[[nodiscard]] torch::Tensor draw_tokens(const Toy& toy, int64_t size, uint64_t seed);

/// A data set in memory that holds `tokens`, uint8 [N, L], as sequences.
[[nodiscard]] TensorDataset toy_dataset(const torch::Tensor& tokens, int64_t vocab_size);

/// The same in the shape of `toy`.
[[nodiscard]] TensorDataset toy_dataset(const torch::Tensor& tokens, const Toy& toy);

/// -log p of every row of `tokens`, uint8 [N, L], in nats: what no bound can be below on average.
[[nodiscard]] std::vector<double> code_lengths(const Toy& toy, const torch::Tensor& tokens);

}  // namespace veil
