#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "veil/base/device.h"
#include "veil/data/dataset.h"
#include "veil/evaluate/evaluator.h"

namespace veil {

struct EstimatorComparisonOptions {
  MaskScheduleOptions schedule = {};  ///< of the forms in time, with `clip`; gives t from k/n to networks that want it
  double clip = 1e-4;          ///< of the forms in time, in (0, 0.5): the reference's; without one their variance is
                               ///< infinite
  int64_t passes = 8;          ///< J >= 1 forward passes per example, the same for every estimator
  int64_t repeats = 16;        ///< R >= 2 independent repetitions of the whole scheme on each batch
  int64_t batch_size = 64;     ///< B >= 1 examples whose mean is one figure; "time-batch" spreads its times over them
  int64_t limit = 256;         ///< examples, 0: all. As many as fill batches are scored, a sample (split_part.h)
  int64_t rows_per_call = 32;  ///< rows of a network call
  uint64_t seed = 0;
};

/// How much of an estimate's noise is due to the masks, the examples being given. Bits are per dimension.
struct EstimatorFigures {
  std::string name;             ///< as in EvaluationReport, or "time-batch"
  double bits_per_dim = 0.0;    ///< mean over all examples and repetitions
  double standard_error = 0.0;  ///< of that, due to masks
  double half_width = 0.0;      ///< of its 95 % interval, as all below by Student's t
  double variance = 0.0;        ///< mask variance of the mean over B examples with J passes each, times B: what one
                                ///< example contributes, whatever B is. Mean over batches
  double variance_error = 0.0;  ///< standard error of `variance`, from the spread over batches; NaN for one batch
  double variance_half_width = 0.0;  ///< with batches - 1 degrees of freedom: 12.7 standard errors for two batches
  double ratio = 1.0;                ///< `variance` over that of the first estimator
  double ratio_error = 0.0;          ///< from the spread over batches of what the two have in common; NaN for one batch
  double ratio_half_width = 0.0;     ///< as variance_half_width
  double degrees_of_freedom = 0.0;  ///< independent squares in `variance`: sqrt(2 / this) is its relative error if they
                                    ///< were normal and alike
  int64_t batches = 0;
};

/// Compares, on the same examples and at equal numbers of forward passes, batch number b of n being examples b, b + n,
/// b + 2n, … of the part, so that each batch is like the whole however the data are sorted:
///   count-controlled: evaluate()'s count form (K-strat), stratified within each example, with its control variate
///     from the other J - 1 passes (for J = 1 there is none);
///   count-stratified: the same without it;
///   time-stratified: evaluate()'s time form, one offset an example, with `clip`;
///   time-batch: what the reference does. A pass draws times (u + b/B) mod 1 with one u for the batch, masks each
///     example at its own and scores it by the time form with `clip`; J passes are J independent ones
///     (continuous_time_loss).
/// Examples of the first three have independent noise, so the variance of a batch's mean is the sum of theirs over B^2,
/// each from R repetitions. Examples of time-batch share u, so the variance over its J * R passes of the batch's mean
/// is taken, over J. All are unbiased.
///
/// Costs about 4 * J * R network passes an example. The network is in evaluation mode and afterwards as it was. Throws
/// InvalidArgument as evaluate() does, if options are out of range, if there is no whole batch, or if the network has
/// learned powers; NumericalError if a loss is not finite.
[[nodiscard]] std::vector<EstimatorFigures> compare_estimators(Denoiser& denoiser, const Dataset& dataset,
                                                               const EstimatorComparisonOptions& options,
                                                               const Compute& compute = {},
                                                               const EvaluationProgress& progress = {});

}  // namespace veil
