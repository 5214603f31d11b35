#pragma once

namespace veil {

/// The probability that a standard normal variable is above x, to the last digits however small it is.
[[nodiscard]] double normal_tail(double x);

/// The x that a standard normal variable is above with probability `tail`, in (0, 1). To 1e-12.
[[nodiscard]] double normal_quantile(double tail);

}  // namespace veil
