#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "veil/diffusion/mask_schedule.h"

namespace veil {

/// A count grid says how many of n tokens are masked before each step of a sampler that reveals a fixed number of them
/// at every step, and after the last: n = k_0 > k_1 > ... > k_K = 0. Each of the K steps costs one network call.

/// Throws InvalidArgument unless `counts` fall strictly from `length` to 0.
void check_counts(std::span<const int64_t> counts, int64_t length);

/// The count grid nearest to what `schedule` masks in the mean at `times` (K + 1 of them, as time_grid gives them):
/// k_j is length * (1 - alpha(t_j)) to the nearest whole number, moved as little as is needed for exactly K steps that
/// each reveal something. Throws InvalidArgument if K > length or the times are not as said.
[[nodiscard]] std::vector<int64_t> count_grid(const MaskSchedule& schedule, std::span<const double> times,
                                              int64_t length);

/// The expected code length in nats of the sampler that reveals the counts of this grid, in random places: sum over
/// steps of (k_j - k_{j+1}) g(k_j). It bounds the negative log-likelihood of what the sampler draws from, as the ELBO
/// does for the continuous process, and is no less than the sum of all g(k) where g never falls.
///   profile: g(k), k = 1..n at index k - 1: the mean cross-entropy per masked position when k are masked, nats.
/// Throws InvalidArgument if the counts do not fall from the profile's length to 0. Source: the cost of arXiv
/// 2110.02037 (its section 3.2).
[[nodiscard]] double count_grid_bound(std::span<const double> profile, std::span<const int64_t> counts);

/// For each number of steps the count grid of the smallest count_grid_bound, by dynamic programming: exact for every
/// profile. steps: each in 1..n; the grids come in their order. Costs K n log n operations and 4 K n bytes for the
/// largest K of `steps`. Throws InvalidArgument if the profile is empty or not finite, or a number of steps is out of
/// range. Source: arXiv 2110.02037, appendix; here with the minimum over all shorter grids taken on the lower envelope
/// of lines.
[[nodiscard]] std::vector<std::vector<int64_t>> optimal_count_grids(std::span<const double> profile,
                                                                    std::span<const int64_t> steps);

}  // namespace veil
