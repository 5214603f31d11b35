#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "veil/base/random.h"

namespace veil {

/// Turns weights >= 0 into log probabilities in place: -infinity where 0, uniform where all are 0.
void to_log_probabilities(std::span<double> weights);

/// The smallest v whose cumulative weight exceeds u times the total; never one of weight 0. u in (0, 1), total > 0.
[[nodiscard]] int64_t draw_index(std::span<const double> weights, double u);

/// Entropy in nats of probabilities that add up to 1.
[[nodiscard]] double entropy_of(std::span<const double> p);

/// Throws InvalidArgument unless `p` has `size` entries >= 0 that add up to 1 within 1e-9.
void check_distribution(std::span<const double> p, int64_t size, const char* name);

/// The law that a chain with these transitions [S * S] (row: from) keeps: found by squaring.
[[nodiscard]] std::vector<double> stationary_law(std::span<const double> transition, int64_t size);

/// Product of two [S, S] matrices in row order.
[[nodiscard]] std::vector<double> multiply(std::span<const double> a, std::span<const double> b, int64_t size);

}  // namespace veil
