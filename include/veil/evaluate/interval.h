#pragma once

#include <cstdint>

namespace veil {

/// The number t that a variable of Student's distribution does not exceed in size with probability `inside`, in (0, 1):
/// times a standard error it is half of an interval that covers so often, if the error was estimated with so many
/// degrees of freedom from normal values. At 95 % 12.706 for 1, 1.960 for many; NaN below 1, where nothing is known of
/// the error. To a relative error of 1e-8 at 95 % (Abramowitz and Stegun 26.7.3 and 26.7.4; above 1,000 degrees the
/// expansion 26.7.5).
[[nodiscard]] double student_quantile(int64_t degrees_of_freedom, double inside = 0.95);

/// Half of the 95 % interval of a mean of `values` independent values, whose standard error this is: 1.96 of it, below
/// 1,000 values Student's t with a degree of freedom less than values. NaN for one value.
[[nodiscard]] double interval_half_width(double standard_error, int64_t values);

}  // namespace veil
