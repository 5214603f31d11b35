#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "veil/quality/measured.h"

namespace veil {

/// One figure: what the samples have against the training images, and what as many real images have against the same.
struct QualityFigure {
  std::string name;   ///< for programs: "sliced_wasserstein_28x28"
  std::string title;  ///< for people
  std::string unit;   ///< "grey levels", "%", or empty
  bool is_lower_better = true;
  int64_t images = 0;     ///< samples, and as many real images
  int64_t reference = 0;  ///< training images
  Measured samples;
  Measured real;
  /// Probability of so much worse a figure if samples and real images were from one distribution; NaN: not tested.
  double p_value = std::numeric_limits<double>::quiet_NaN();
  double adjusted_p = std::numeric_limits<double>::quiet_NaN();  ///< of all tests together (Holm 1979)
  bool is_alarm = false;                                         ///< adjusted_p is below 0.05
};

}  // namespace veil
