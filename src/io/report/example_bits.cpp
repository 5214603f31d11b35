#include "io/report/example_bits.h"

#include <cmath>

#include "veil/evaluate/interval.h"

namespace veil::io {

std::map<int64_t, double> example_bits_by_index(const EvaluationReport& report) {
  std::map<int64_t, double> bits;
  const bool is_whole = report.example_indices.empty() && report.examples == report.dataset_size;
  if (!is_whole && report.example_indices.size() != report.example_bits.size()) {
    return bits;
  }
  for (size_t i = 0; i < report.example_bits.size(); ++i) {
    bits[is_whole ? static_cast<int64_t>(i) : report.example_indices[i]] = report.example_bits[i];
  }
  return bits;
}

MeanFigure mean_of(const std::vector<double>& values) {
  const auto n = static_cast<double>(values.size());
  double mean = 0;
  for (const double value : values) {
    mean += value / n;
  }
  double squares = 0;
  for (const double value : values) {
    squares += (value - mean) * (value - mean);
  }
  return {mean, interval_half_width(std::sqrt(squares / (n - 1) / n), std::ssize(values))};
}

}  // namespace veil::io
