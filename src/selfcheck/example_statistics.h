#pragma once

#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace veil {

/// A mean over independent values, with its standard error.
struct MeanEstimate {
  double value = 0.0;
  double standard_error = 0.0;
};

[[nodiscard]] inline MeanEstimate mean_estimate(std::span<const double> values) {
  const auto size = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / size;
  double squares = 0;
  for (const double value : values) {
    squares += (value - mean) * (value - mean);
  }
  return {mean, std::sqrt(squares / (size - 1) / size)};
}

/// scale * a - b, value by value.
[[nodiscard]] inline std::vector<double> differences(double scale, std::span<const double> a,
                                                     std::span<const double> b) {
  std::vector<double> result(a.size());
  for (size_t i = 0; i < a.size(); ++i) {
    result[i] = scale * a[i] - b[i];
  }
  return result;
}

}  // namespace veil
