#pragma once

#include <span>
#include <vector>

#include "veil/evaluate/evaluation_report.h"

namespace veil {

/// g(k) for k = 1..n at index k - 1: the mean cross-entropy per masked position when k are masked, in nats, as a curve
/// that never falls, from the bins of an evaluation. What it is for: discrete_bound (every number of steps under every
/// schedule) and count_grid_bound (every count grid), without another network call.
///
/// The means of the bins are made not to fall by isotonic regression, each with the weight of its samples (for a
/// consistent model g never falls; what does fall is then noise). Within a bin g is a parabola that never falls, keeps
/// the mean and meets its neighbours where it can, so that no grid wins by stepping exactly on the edges of bins. Where
/// no mean falls, the sum over all k is that of the bins. A bin without samples lies on a line between the nearest that
/// have some.
///
/// Throws InvalidArgument if no bin has samples, or the bins are not disjoint, ascending and from 1.
/// Source: isotonic regression by pooling adjacent violators; parabolas of Colella and Woodward, J. Comput. Phys. 54
/// (1984), equations 1.5 to 1.10.
[[nodiscard]] std::vector<double> information_profile(std::span<const ProfileBin> bins);

}  // namespace veil
