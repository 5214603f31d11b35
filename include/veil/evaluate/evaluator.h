#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "veil/base/device.h"
#include "veil/data/dataset.h"
#include "veil/evaluate/evaluation_report.h"
#include "veil/objective/objective.h"

namespace veil {

struct EvaluationOptions {
  ObjectiveForm form = ObjectiveForm::kCount;  ///< kCount: K-strat; kTime: low-discrepancy times within each example
  MaskScheduleOptions schedule = {};           ///< kTime, and networks conditioned on time; its clip should be 0
  double first_time = 1e-3;    ///< learned powers: the integral stops here and the exact rest is added; in (0, 1)
  int64_t passes = 8;          ///< forward passes per example over all replicates; a multiple of `replicates`
  int64_t replicates = 2;      ///< independent repetitions of the whole scheme, >= 2: they measure the mask noise
  int64_t limit = 0;           ///< examples, a sample of the data set (split_part.h); 0: all
  int64_t batch_size = 64;     ///< examples held at once; does not change the result
  int64_t rows_per_call = 32;  ///< rows of every network call (the last one is padded): fixed, so results do not depend
                               ///< on batch_size; changing it may change the last bits
  uint64_t seed = 0;
  double control = 0.85;  ///< kCount: weight in [0, 1] of the control variate from the other passes over the example;
                          ///< unbiased for every weight; 0: none. There is none either where a replicate is one pass
};

/// What each number of EvaluationOptions may be; first_time as kFirstTimes (objective.h).
struct EvaluationRanges {
  static constexpr IntegerRange kPasses{.low = 2, .high = 1'000'000};
  static constexpr IntegerRange kReplicates{.low = 2, .high = 1'000'000};
  static constexpr IntegerRange kLimit{.low = 0, .high = 1'000'000'000};
  static constexpr IntegerRange kBatchSize{.low = 1, .high = 1'000'000};
  static constexpr IntegerRange kRowsPerCall{.low = 1, .high = 1'000'000};
  static constexpr Range kControl{.low = 0.0, .high = 1.0};
};

/// Throws InvalidOption if a field is out of range, the schedule's among them, or passes is no multiple of replicates.
void check_options(const EvaluationOptions& options);

/// Called after each network call with (examples of which every pass is done, examples in all).
using EvaluationProgress = std::function<void(int64_t, int64_t)>;

/// Measures the bound on `dataset` with the network in evaluation mode (afterwards as it was), without gradients. Every
/// example counts once; sums are float64. Under a limit it is the examples of part_of_split() that are scored, each
/// with the noise that it has in the whole.
///
/// Count form: each replicate draws passes/replicates stratified masked counts k for each example, and a pass is worth
/// L * S/k nats, S being the cross-entropy summed over the masked positions. It has the same expectation for every
/// schedule and is the bound of equation 6 of arXiv 2406.04329 with exact ends. With `control` a pass is worth
/// L * (S/k - control * (mean of h over the masked positions - mean of h over all)), h_i being the mean cross-entropy
/// of position i in the other passes of the replicate: the same expectation, several times less mask noise. Time form:
/// times (u + j / size of the replicate) mod 1, one u per example and replicate; a pass is worth -alpha'(t)/(1 -
/// alpha(t)) * S, plus reconstruction and prior L * (1 - alpha(0)) * ln V and L * alpha(1) * ln V, which are 0 for a
/// schedule with exact ends.
///
/// A network with learned powers (GenMD4) needs the time form: its times are those of the time form stretched to
/// [first_time, 1], a pass is worth (1 - first_time) / t * the sum of masked_jump_loss, and value_reconstruction at
/// first_time is added, which makes it a bound whatever first_time is.
///
/// Levels are keyed by (seed, kEvaluationLevel, replicate, example id) and masks by (seed, kEvaluationMask, pass,
/// example id), so networks measured with one seed see the same masks. The rows (example, pass) are numbered in one
/// order, example by example, and cut into network calls of rows_per_call rows whatever batch_size is; the last call is
/// filled up with rows that do not count. Waits for the device once per call. The network must have been placed
/// (placement.h) where `compute` says.
///
/// Throws InvalidArgument if options are out of range or the data set's shape, vocabulary or labels are not the
/// network's, NumericalError (its step is the example's index) naming the example and the pass if a loss is not finite.
[[nodiscard]] EvaluationReport evaluate(Denoiser& denoiser, const Dataset& dataset, const EvaluationOptions& options,
                                        const Compute& compute = {}, const EvaluationProgress& progress = {});

/// The same of the examples at `indices`, ascending, whatever options.limit is: each has the masks that it has in the
/// whole, and its bits to rounding, for rows are cut into calls as if there were no other examples. Throws
/// InvalidArgument too if there is none, or if they are not ascending.
[[nodiscard]] EvaluationReport evaluate(Denoiser& denoiser, const Dataset& dataset, std::span<const int64_t> indices,
                                        const EvaluationOptions& options, const Compute& compute = {},
                                        const EvaluationProgress& progress = {});

}  // namespace veil
