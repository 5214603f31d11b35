#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "veil/evaluate/evaluator.h"

namespace veil {

/// In what order a fixed rule reveals the tokens of an example.
enum class RevealOrder {
  kRaster,       ///< as they are stored: row by row, channels of a pixel together
  kBitReversed,  ///< spread first, then ever finer: bits of row and column interleaved, highest first; any size
  kRandom,       ///< one random order for all examples
};

struct ExactOrderOptions {
  RevealOrder order = RevealOrder::kRaster;
  uint64_t order_seed = 0;  ///< kRandom
  int64_t groups = 0;  ///< tokens are revealed in this many groups of sizes that differ by 1 at most; 0: one by one
  std::vector<int64_t> group_sizes = {};  ///< sizes of the groups in order, instead of `groups`
};

/// "raster", "bit-reversed" or "random:SEED", one token at a time. Throws InvalidArgument that says what is allowed.
[[nodiscard]] ExactOrderOptions parse_exact_order(std::string_view text);

/// The text that gives this order: "random:3".
[[nodiscard]] std::string exact_order_name(const ExactOrderOptions& options);

/// The positions 0 .. L-1 in the order in which they are revealed.
[[nodiscard]] std::vector<int64_t> reveal_order(const ExactOrderOptions& options, const TokenShape& shape);

/// Sizes of the groups; they add up to `length`. Throws InvalidArgument if those of `options` do not, or if one is
/// below 1.
[[nodiscard]] std::vector<int64_t> reveal_group_sizes(const ExactOrderOptions& options, int64_t length);

/// The exact negative log-likelihood of the distribution that reveals the groups in this order and draws the tokens of
/// a group independently: the sum over groups of the cross-entropies of the group's tokens given all groups before it.
/// It is a normalised likelihood, no bound, for any network, consistent or not: exp(-nats) adds up to 1 over all
/// examples. It is also the length of the code that a decoder with the same order can read (arXiv 2603.01367; methods
/// of any-order models).
///
/// One forward pass per example and group, in calls of options.rows_per_call rows as evaluate() makes them, so that
/// batch_size changes nothing. The network is told k/n, or the time alpha^-1(1 - k/n), k tokens being masked before the
/// group. Of `options`, limit, batch_size, rows_per_call and schedule count.
///
/// The report has evaluate()'s fields: passes = number of groups, replicates = 1, estimator "exact-order raster, 784
/// groups", mask_standard_error 0; its standard error is over examples. The profile has the mean nats per token of each
/// group by the number of tokens masked before it. progress is called after each example.
///
/// Throws InvalidArgument as evaluate() does, and on groups that do not fit; NumericalError (its step is the example)
/// if a token has probability 0 or a loss is not a number.
[[nodiscard]] EvaluationReport exact_order_likelihood(Denoiser& denoiser, const Dataset& dataset,
                                                      const ExactOrderOptions& order, const EvaluationOptions& options,
                                                      torch::Device device, Precision precision,
                                                      const EvaluationProgress& progress = {});

}  // namespace veil
