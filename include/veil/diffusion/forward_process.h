#pragma once

#include <torch/types.h>

#include <cstdint>
#include <span>
#include <vector>

#include "veil/base/random.h"

namespace veil {

/// A partly masked batch. All tensors are on the CPU: masks are drawn on the host, where their counts are needed, and
/// travel to the device with the batch.
struct MaskedTokens {
  torch::Tensor z;              ///< int64 [B, L]: x0, or mask_id where masked
  torch::Tensor positions;      ///< int64 [M]: flat indices b*L + i of the masked positions, ascending
  std::vector<int64_t> counts;  ///< [B]: masked positions of each example; their sum is M
};

/// Which of two masks to make from one set of noise words.
enum class Antithetic {
  kNo,   ///< masked where u < probability
  kYes,  ///< masked where 1 - u < probability
};

/// Masks exactly counts[b] positions of example b, every subset of that size being equally likely: position i is masked
/// if its 32-bit noise word is among the counts[b] smallest, ties broken by i.
///   x0: int64 [B, L] on the CPU; counts: [B], in [0, L]; example_ids: int64 [B] on the CPU. mask_id = vocab_size.
/// Masks of one example under one key are nested: fewer counts give a subset. Throws InvalidArgument on bad shapes.
/// Source: arXiv 2110.02037, and equation 3 of arXiv 2406.04329 given the count.
[[nodiscard]] MaskedTokens mask_by_count(const torch::Tensor& x0, std::span<const int64_t> counts,
                                         const torch::Tensor& example_ids, int64_t mask_id, const NoiseKey& key);

/// Masks each position independently with probability masked_fractions[b] = 1 - alpha(t_b), in [0, 1] (equation 2):
/// from the same noise words, so that larger fractions mask supersets.
[[nodiscard]] MaskedTokens mask_by_fraction(const torch::Tensor& x0, std::span<const double> masked_fractions,
                                            const torch::Tensor& example_ids, int64_t mask_id, const NoiseKey& key,
                                            Antithetic antithetic = Antithetic::kNo);

/// The masked count that a noise level u in [0, 1) stands for: 1 + floor(length * u), in 1..length.
[[nodiscard]] int64_t count_of_level(double level, int64_t length);

/// Low-discrepancy noise levels for rows [first, first + size) of a global batch of `global_size`: (u + b /
/// global_size) mod 1 with one u per key. Each is uniform on [0, 1) by itself. Source: reference md4.py, "antithetic"
/// sampling.
[[nodiscard]] std::vector<double> low_discrepancy_levels(const NoiseKey& key, int64_t first, int64_t size,
                                                         int64_t global_size);

/// The same for a given u in [0, 1).
[[nodiscard]] std::vector<double> spread_levels(double u, int64_t first, int64_t size, int64_t global_size);

/// Noise level of pass j of `passes` over one example: (j + u_j) / passes with independent u_j, so that the mean over j
/// of what the passes are worth is unbiased.
[[nodiscard]] double stratified_level(const NoiseKey& key, int64_t example_id, int64_t pass, int64_t passes);

/// The same with one u for all passes over the example: (u + j / passes) mod 1.
[[nodiscard]] double shifted_level(const NoiseKey& key, int64_t example_id, int64_t pass, int64_t passes);

}  // namespace veil
