#pragma once

#include <cstdint>
#include <span>

#include "veil/diffusion/reveal_order.h"
#include "veil/evaluate/evaluator.h"

namespace veil {

/// The exact negative log-likelihood of the distribution that reveals the groups in this order and draws the tokens of
/// a group independently: the sum over groups of the cross-entropies of the group's tokens given all groups before it.
/// It is a normalised likelihood, no bound, for any network, consistent or not: exp(-nats) adds up to 1 over all
/// examples. It is also the length of the code that a decoder with the same order can read (arXiv 2603.01367).
///
/// One forward pass per example and group, in calls of options.rows_per_call rows as evaluate() makes them, so that
/// batch_size changes nothing. The network is told k/n, or the time alpha^-1(1 - k/n), k tokens being masked before the
/// group. Of `options`, limit, batch_size, rows_per_call and schedule count.
///
/// The report has evaluate()'s fields: passes = number of groups, replicates = 1, estimator "exact-order raster, 784
/// groups", mask_standard_error 0; its standard error is over examples. The profile has the mean nats per token of each
/// group by the number of tokens masked before it. progress is called after each example.
///
/// Throws InvalidArgument as evaluate() does, and on groups that do not fit; NumericalError (its step is the index)
/// if a token has probability 0 or a loss is not a number.
[[nodiscard]] EvaluationReport exact_order_likelihood(Denoiser& denoiser, const Dataset& dataset,
                                                      const RevealOptions& order, const EvaluationOptions& options,
                                                      const Compute& compute = {},
                                                      const EvaluationProgress& progress = {});

/// The same of the examples at `indices`, ascending, whatever options.limit is. Throws InvalidArgument too if there is
/// none, or if they are not ascending.
[[nodiscard]] EvaluationReport exact_order_likelihood(Denoiser& denoiser, const Dataset& dataset,
                                                      std::span<const int64_t> indices, const RevealOptions& order,
                                                      const EvaluationOptions& options, const Compute& compute = {},
                                                      const EvaluationProgress& progress = {});

}  // namespace veil
