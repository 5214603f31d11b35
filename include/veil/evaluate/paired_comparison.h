#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "veil/evaluate/evaluator.h"

namespace veil {

/// One of two networks that are compared, or one network under one of two settings.
struct ComparisonSide {
  Denoiser& denoiser;      ///< placed where `compute` says
  const Dataset& dataset;  ///< both sides' have the same tokens in the same order; labels as the network numbers them
  EvaluationOptions options;  ///< limit is the first side's
  Compute compute = {};
};

/// The mean difference over the examples of one class, bits per dimension.
struct ClassDifference {
  int64_t label = 0;
  std::string name;  ///< empty where the data set has no names of classes
  int64_t examples = 0;
  double difference = 0.0;
  double standard_error = 0.0;  ///< over these examples; NaN if there is only one, or only reports were at hand
};

/// What a comparison that may stop early saw when it looked.
struct ComparisonLook {
  int64_t examples = 0;
  double difference = 0.0;
  double standard_error = 0.0;
  double statistic = 0.0;  ///< the difference in standard errors, which the boundary is for: as many normal ones as are
                           ///< as improbable as these of Student's. Infinite where all differences are alike, and not 0
};

/// How the comparison was to end.
struct StoppingRule {
  double error_rate = 0.05;  ///< probability to call a difference settled that is 0; of the interval to miss the truth
  double boundary = 0.0;     ///< standard errors at which it ends; 0: it did not look before the end
  std::vector<int64_t> planned;  ///< examples of each look
};

/// The bits per dimension of two networks on the same examples, as one paired difference. Bits are per dimension.
struct PairedComparison {
  EvaluationReport a;
  EvaluationReport b;
  double difference = 0.0;      ///< mean over examples of the bits under a minus those under b: below 0, a is better
  double standard_error = 0.0;  ///< of that, over examples: their spread in the difference alone; NaN for one
  double mask_standard_error = 0.0;  ///< the part due to masks: the error on these very examples. NaN: not known
  double confidence_low = 0.0;  ///< 95 %, as EvaluationReport's; where it was looked at earlier, SequentialDesign's
  double confidence_high = 0.0;
  int64_t examples = 0;
  bool is_settled = false;      ///< the interval leaves out 0
  bool has_same_masks = false;  ///< every pass of an example masks the same positions under both
  bool is_stopped_early = false;
  int64_t examples_to_settle = 0;    ///< of how many examples like these a difference of this size would be settled, by
                                     ///< the interval of a comparison that looks once; 0: of no number, there is none
  double smallest_difference = 0.0;  ///< that so many examples as these settle, looked at once: half of that interval
  std::vector<double> differences;   ///< of each example, in the order of a.example_indices
  std::vector<ClassDifference> classes;  ///< by label; empty where the data have none
  StoppingRule rule;
  std::vector<ComparisonLook> looks;  ///< that were made; the last is what is reported
};

/// Measures both sides as evaluate() does, on the part of a.options.limit examples, and compares them example by
/// example. With equal seed, passes, replicates and form the masks are the same, so most of what an example and its
/// masks cost cancels in the difference, whose error is far below that of either figure. The differences of one network
/// with itself are exactly 0.
///
/// stops_early: looks at the difference after planned_looks() of the part, whose smaller parts lie inside it, and ends
/// by SequentialDesign with the error rate 5 %; the boundary is for Student's variables below 1,000 examples. The bits
/// of an example are then those of evaluate() to rounding only.
///
/// progress: called with passes over examples under either side, and all that there may be. Throws as evaluate() does,
/// InvalidArgument if the two networks take examples of another shape or vocabulary, or the data sets differ in size.
[[nodiscard]] PairedComparison compare(const ComparisonSide& a, const ComparisonSide& b, bool stops_early = false,
                                       const EvaluationProgress& progress = {});

/// The same from two reports that were made before, without a network. What the reports do not have is not known: the
/// mask error without example_replicate_bits, errors of classes. Throws InvalidArgument, naming what differs, unless
/// both are of the same examples (indices, length, split, and data_fingerprint), of the same kind of estimate with the
/// same seed, passes and replicates, and have example_bits.
[[nodiscard]] PairedComparison compare_reports(const EvaluationReport& a, const EvaluationReport& b);

}  // namespace veil
