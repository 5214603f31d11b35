#pragma once

#include <torch/types.h>

#include <cstdint>

#include "veil/diffusion/mask_schedule.h"
#include "veil/diffusion/time_grid.h"

namespace veil {

// Sampling as the published program computes it (google-deepmind/md4), in float32 and its order of operations. Three of
// its habits change what comes out: alpha_s - alpha_t is subtracted after rounding; one (V + 1)-way Gumbel race in
// float32 with 23-bit uniforms decides at once whether a position is revealed and as what, so that values of small
// probability are drawn too seldom (arXiv 2409.02908); and tokens still masked at the end are set to the most likely
// value, not drawn. These functions exist to check parity and to reproduce its published samples. Nothing else uses
// them: sample() is exact.

/// Starts and ends of its steps, float32 [T]: t_i = (T - i) / T and s_i = t_i - 1/T, both then warped by the cosine
/// grid. The last s of that grid is about -4e-8.
struct ReferenceGrid {
  torch::Tensor s;
  torch::Tensor t;
};
[[nodiscard]] ReferenceGrid reference_grid(TimeGridKind kind, int64_t steps);

/// alpha(t) = (1 - 2 clip) a(t) + clip; t: float32 [...]. clip is options.clip: the program's is 1e-4. Throws
/// InvalidArgument for a geometric schedule, which it does not have.
[[nodiscard]] torch::Tensor reference_alpha(const MaskScheduleOptions& options, const torch::Tensor& t);

/// (alpha_s - alpha_t) / (1 - alpha_t); s, t: float32 [...].
[[nodiscard]] torch::Tensor reference_unmask_probability(const MaskScheduleOptions& options, const torch::Tensor& s,
                                                         const torch::Tensor& t);

/// logits [..., V] with -1e7 in place of all but the smallest set of values that holds a probability of at least p in
/// (0, 1]; values as likely as the last one kept are kept too. All are kept where rounding leaves the sum below p.
[[nodiscard]] torch::Tensor top_p_mask(const torch::Tensor& logits, double p);

/// The law of a masked position: [..., V + 1] = [unmask * softmax(logits), 1 - unmask], the last being "stay masked".
///   logits: float32 [..., V]; unmask: float32, broadcasts against [..., 1].
[[nodiscard]] torch::Tensor reference_step_probabilities(const torch::Tensor& logits, const torch::Tensor& unmask);

/// Standard Gumbel numbers of uniform ones, float32: -log(-log(max(u, 2^-126))).
[[nodiscard]] torch::Tensor reference_gumbel(const torch::Tensor& uniform);

/// One ancestral step: masked positions of z take argmax(log(probabilities) + gumbel), where V means still masked; the
/// first of equals wins. z: int64 [...], V where masked; probabilities and gumbel: float32 [..., V + 1]. Returns int64
/// [...].
[[nodiscard]] torch::Tensor reference_step(const torch::Tensor& z, const torch::Tensor& probabilities,
                                           const torch::Tensor& gumbel);

/// The final decode: masked positions of z take the most likely value of logits [..., V] (at time 0), the first of
/// equals.
[[nodiscard]] torch::Tensor reference_decode(const torch::Tensor& z, const torch::Tensor& logits);

}  // namespace veil
