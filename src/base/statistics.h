#pragma once

#include <span>

namespace veil {

/// Of one value or more.
[[nodiscard]] double mean_of(std::span<const double> values);

/// Unbiased; NaN for one value.
[[nodiscard]] double variance_of(std::span<const double> values);

/// Standard error of the mean of independent values; NaN for one.
[[nodiscard]] double error_of_mean(std::span<const double> values);

struct RatioOfMeans {
  double value = 0.0;
  double standard_error = 0.0;  ///< to first order: that of the mean of (above - value * below) / mean of below; NaN
                                ///< for one pair
};

/// The mean of `above` over the mean of `below`, which come in pairs.
[[nodiscard]] RatioOfMeans ratio_of_means(std::span<const double> above, std::span<const double> below);

/// The probability that a standard normal variable is above x, to the last digits however small it is.
[[nodiscard]] double normal_tail(double x);

/// The x that a standard normal variable is above with probability `tail`, in (0, 1). To 1e-12.
[[nodiscard]] double normal_quantile(double tail);

}  // namespace veil
