#pragma once

#include <cstdint>
#include <optional>

namespace veil {

/// Draws one value v in [0, size) with probability proportional to exp(logits[v] / temperature), by inverting the
/// cumulative sum at the uniform number u in (0, 1): the number of v with cumulative(v) <= u * total.
///
/// Exponentials and sums are float64, so the error of any probability is below size * 2^-53: rare values are not lost,
/// as they are in a float32 race (arXiv 2409.02908). A value whose exponential is 0 (logit -infinity, or about 745 *
/// temperature below the largest) is never drawn, whatever u is.
///   logits: `size` >= 1 of them, at least one finite, none NaN or +infinity; temperature > 0 and finite.
/// Throws InvalidArgument if the total is not a positive finite number.
[[nodiscard]] int64_t draw_categorical(const float* logits, int64_t size, double temperature, double u);
[[nodiscard]] int64_t draw_categorical(const double* logits, int64_t size, double temperature, double u);

/// A masked position under schedules by value (GenMD4): stays masked (nothing), or takes value v, with the exact
/// probabilities p_v (1 - unmask[v]) summed over v, and p_v unmask[v]; p_v proportional to exp(logits[v] /
/// temperature). Two
/// stages: u_reveal in (0, 1) decides whether, u_value which. Float64; conditions and errors as for draw_categorical.
///   unmask: `size` probabilities; a position is always revealed where all are 1.
[[nodiscard]] std::optional<int64_t> draw_jump(const float* logits, const double* unmask, int64_t size,
                                               double temperature, double u_reveal, double u_value);

}  // namespace veil
