#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "veil/evaluate/evaluator.h"

namespace veil {

/// Where in an example its bits are.
struct PositionBits {
  int64_t index = 0;         ///< of the example in its data set
  std::vector<double> bits;  ///< [L], of each token in order; they add up to L times the example's bits per dimension
};

/// The bits of single positions: how surprised the network is by what is there, of which maps are drawn.
///   indices: examples of `dataset`; example_bits: the bits per dimension that evaluate() gave each with these options.
///
/// The bound is the mean over passes of w * (the sum of c_i over the masked positions i), c_i being the cross-entropy
/// and w what the pass is worth over the number of masked positions: a sum over positions, in which i has the
/// expectation of w * [i is masked] * c_i. In the count form that is the mean over k of E[c_i | i is masked, k masked
/// in all]. Few passes say little of it where few are masked and w is large, so the estimate is a ratio: the mean of
/// the c_i of the passes that mask i, weighted by w, and the mean over all positions where none masks it. All of these
/// times one factor add up to the example's figure, what needs no network (EvaluationReport's ends of a schedule)
/// included. The ratio is consistent: more passes (options.passes) make single positions sharper; 8 mask each about
/// four times.
///
/// Runs the passes of evaluate() again, with the same noise, and tells of them as that does. Throws as evaluate() does;
/// InvalidArgument if there are not as many bits as indices.
[[nodiscard]] std::vector<PositionBits> position_bits(Denoiser& denoiser, const Dataset& dataset,
                                                      std::span<const int64_t> indices,
                                                      std::span<const double> example_bits,
                                                      const EvaluationOptions& options, const Compute& compute = {},
                                                      const EvaluationProgress& progress = {});

}  // namespace veil
