#pragma once

#include <cstdint>

#include "veil/evaluate/evaluation_report.h"

namespace veil::test {

/// A report of no run: numbers that binary fractions hold exactly, and the largest seed there is.
inline EvaluationReport example_report() {
  EvaluationReport report;
  report.bits_per_dim = 8.0;
  report.standard_error = 0.25;
  report.mask_standard_error = 0.125;
  report.confidence_low = 7.51;
  report.confidence_high = 8.49;
  report.examples = 7;
  report.passes = 8;
  report.replicates = 2;
  report.estimator = "count-stratified";
  report.dataset = "fashion-mnist";
  report.split = "test";
  report.weights = "ema";
  report.seed = UINT64_MAX;
  report.length = 784;
  report.profile = {{.first_count = 1, .last_count = 1, .samples = 3, .sum = 4.5, .sum_squares = 7.0},
                    {.first_count = 2, .last_count = 784, .samples = 53, .sum = 99.0, .sum_squares = 200.0}};
  return report;
}

}  // namespace veil::test
