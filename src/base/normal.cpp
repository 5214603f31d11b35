#include "base/normal.h"

#include <cmath>
#include <numbers>

namespace veil {

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
