#include "cli/terminal/plain_numbers.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "veil/base/error.h"

namespace veil::cli {
namespace {

std::string two_digits(int64_t value) { return concat(value < 10 ? "0" : "", value); }

}  // namespace

std::string fixed(double value, int digits) {
  std::array<char, 400> buffer{};  // the largest double has 309 digits before its point; -0 + 0 is 0
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value + 0.0, std::chars_format::fixed, digits);
  return {buffer.data(), end};
}

std::string significant(double value, int digits) {
  if (value == 0.0 || !std::isfinite(value)) {
    return fixed(value, 0);
  }
  const int before_point = static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
  return fixed(value, std::clamp(digits - before_point, 0, 12));
}

std::string duration_text(double seconds) {
  if (!(seconds < 1e9)) {
    return "for ever";
  }
  const auto whole = static_cast<int64_t>(std::max(seconds, 0.0) + 0.5);
  if (whole < 60) {
    return concat(whole, " s");
  }
  if (whole < 3600) {
    return concat(whole / 60, " min ", two_digits(whole % 60), " s");
  }
  if (whole < 86400) {
    return concat(whole / 3600, " h ", two_digits(whole % 3600 / 60), " min");
  }
  return concat(whole / 86400, " d ", two_digits(whole % 86400 / 3600), " h");
}

}  // namespace veil::cli
