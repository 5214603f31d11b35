#pragma once

#include <string>

namespace veil::cli {

/// "3.123457": `digits` after the point, which is a point under every locale.
[[nodiscard]] std::string fixed(double value, int digits);

/// "1230", "0.0123": at least `digits` significant digits, never an exponent between 1e-4 and 1e15.
[[nodiscard]] std::string significant(double value, int digits);

/// "45 s", "3 min 05 s", "2 h 07 min", "3 d 04 h".
[[nodiscard]] std::string duration_text(double seconds);

}  // namespace veil::cli
