#pragma once

#include <limits>

namespace veil {

/// A number with an interval that holds it with probability 0.95. The ends are NaN where there is none.
struct Measured {
  double value = std::numeric_limits<double>::quiet_NaN();
  double low = std::numeric_limits<double>::quiet_NaN();
  double high = std::numeric_limits<double>::quiet_NaN();
};

}  // namespace veil
