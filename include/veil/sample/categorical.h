#pragma once

#include <cstdint>

namespace veil {

/// Draws one value v in [0, size) with probability proportional to exp(logits[v] / temperature), by inverting the
/// cumulative sum at the uniform number u in (0, 1): the number of v with cumulative(v) <= u * total.
///
/// Exponentials and sums are float64, so the error of any probability is below size * 2^-53: rare values are not lost, as
/// they are in a float32 race (arXiv 2409.02908). A value whose exponential is 0 (logit -infinity, or about 745 *
/// temperature below the largest) is never drawn, whatever u is.
///   logits: `size` >= 1 of them, at least one finite, none NaN or +infinity; temperature > 0 and finite.
/// Throws InvalidArgument if the total is not a positive finite number.
[[nodiscard]] int64_t draw_categorical(const float* logits, int64_t size, double temperature, double u);
[[nodiscard]] int64_t draw_categorical(const double* logits, int64_t size, double temperature, double u);

}  // namespace veil
