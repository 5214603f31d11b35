#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/statistics.h"
#include "veil/evaluate/interval.h"

namespace veil {

/// What the values of single passes say about the mean over examples; all in the unit of the values.
struct PassStatistics {
  std::vector<double> examples;        ///< mean of each example's passes
  std::vector<double> mask_variances;  ///< of each of them with the example given; NaN with one replicate
  std::vector<double> replicates;      ///< [N * replicates], mean of each replicate of each example
  double mean = 0.0;                   ///< of `examples`
  double standard_error = 0.0;         ///< sd of `examples` / sqrt(N); NaN for one example
  double mask_standard_error = 0.0;    ///< of `mean` with the examples given, from the spread between replicates
};

/// values: [N * passes], the passes of an example one after the other, replicate by replicate. An example's passes
/// within a replicate are stratified, so only replicate means are independent: with R of them, the variance of the
/// example's mean is estimated by their sample variance / R. Requires N >= 1 and replicates dividing passes; with one
/// replicate mask_standard_error is NaN.
[[nodiscard]] PassStatistics pass_statistics(std::span<const double> values, int64_t passes, int64_t replicates);

/// Half of a 95 % interval of the mean over so many examples, over its standard error: student_quantile() below 1,000
/// examples, 1.96 from there on, where the two differ by 0.12 % at most. NaN below 2.
[[nodiscard]] double interval_quantile(int64_t examples);

}  // namespace veil
