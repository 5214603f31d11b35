#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "veil/evaluate/evaluation_report.h"

namespace veil::io {

/// The bits per dimension of each scored example by its place in the split; empty where the evaluation does not say
/// them, or not of which examples they are.
[[nodiscard]] std::map<int64_t, double> example_bits_by_index(const EvaluationReport& report);

/// A mean over examples with half of its 95 % interval.
struct MeanFigure {
  double mean = 0.0;
  double half = 0.0;
};

/// Of one number or more; the interval is Student's below 1,000 of them, NaN for one.
[[nodiscard]] MeanFigure mean_of(const std::vector<double>& values);

}  // namespace veil::io
