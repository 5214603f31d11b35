#include "base/statistics.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

namespace veil {

// Differences to the first value are added, so that equal values have exactly their own mean and no variance.
double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) {
    sum += value - values.front();
  }
  return values.front() + sum / static_cast<double>(values.size());
}

double variance_of(std::span<const double> values) {
  if (values.size() < 2) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  const double mean = mean_of(values);
  double sum = 0;
  for (const double value : values) {
    sum += (value - mean) * (value - mean);
  }
  return sum / static_cast<double>(values.size() - 1);
}

double error_of_mean(std::span<const double> values) {
  return std::sqrt(variance_of(values) / static_cast<double>(values.size()));
}

RatioOfMeans ratio_of_means(std::span<const double> above, std::span<const double> below) {
  const double base = mean_of(below);
  const double ratio = mean_of(above) / base;
  std::vector<double> residuals;
  for (size_t i = 0; i < above.size(); ++i) {
    residuals.push_back((above[i] - ratio * below[i]) / base);
  }
  return {.value = ratio, .standard_error = error_of_mean(residuals)};
}

double normal_tail(double x) { return std::erfc(x / std::numbers::sqrt2) / 2; }

double normal_quantile(double tail) {
  double low = -40;
  double high = 40;
  for (int halving = 0; halving < 64; ++halving) {
    const double middle = (low + high) / 2;
    (normal_tail(middle) > tail ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace veil
