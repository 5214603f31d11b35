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
  torch::Tensor z;                  ///< int64 [B, L]: x0, or mask_id where masked
  torch::Tensor positions;          ///< int64 [M]: flat indices b*L + i of the masked positions, ascending
  std::vector<int64_t> counts;      ///< [B]: masked positions of each example; their sum is M
};

/// Masks exactly counts[b] positions of example b, every subset of that size being equally likely: position i is masked
/// if its 32-bit noise word is among the counts[b] smallest, ties broken by i.
///   x0: int64 [B, L] on the CPU; counts: [B], in [0, L]; example_ids: int64 [B] on the CPU. mask_id = vocab_size.
/// Masks of one example under one key are nested: fewer counts give a subset. Throws InvalidArgument on bad shapes.
/// Source: methods of any-order models; arXiv 2110.02037, and equation 3 of arXiv 2406.04329 given the count.
[[nodiscard]] MaskedTokens mask_by_count(const torch::Tensor& x0, std::span<const int64_t> counts,
                                         const torch::Tensor& example_ids, int64_t mask_id, const NoiseKey& key);

/// Masks each position independently with probability masked_fractions[b] = 1 - alpha(t_b), in [0, 1] (equation 2):
/// from the same noise words, so that larger fractions mask supersets.
[[nodiscard]] MaskedTokens mask_by_fraction(const torch::Tensor& x0, std::span<const double> masked_fractions,
                                            const torch::Tensor& example_ids, int64_t mask_id, const NoiseKey& key);

/// Low-discrepancy masked counts for rows [first, first + size) of a global batch of `global_size`:
/// k_b = 1 + floor(length * ((u + b / global_size) mod 1)) with one u per key. Each is uniform on 1..length by itself.
[[nodiscard]] std::vector<int64_t> low_discrepancy_counts(const NoiseKey& key, int64_t length, int64_t first,
                                                          int64_t size, int64_t global_size);

/// Low-discrepancy times in [0, 1): t_b = (u + b / global_size) mod 1. Source: reference md4.py, "antithetic" sampling.
[[nodiscard]] std::vector<double> low_discrepancy_times(const NoiseKey& key, int64_t first, int64_t size,
                                                        int64_t global_size);

/// The same for a given u in [0, 1).
[[nodiscard]] std::vector<double> spread_times(double u, int64_t first, int64_t size, int64_t global_size);

/// Stratified masked counts of one example: for j = 0..passes-1, k_j = 1 + floor(length * (j + u_j) / passes) with
/// independent u_j, so that the mean over j of length * S(k_j) / k_j is unbiased for the bound.
[[nodiscard]] std::vector<int64_t> stratified_counts(const NoiseKey& key, int64_t example_id, int64_t length,
                                                     int64_t passes);

}  // namespace veil
