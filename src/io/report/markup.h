#pragma once

#include <string>
#include <string_view>

namespace veil::io {

/// `text` made harmless in HTML and XML, in elements and in quoted attributes. Control characters but tab and newline,
/// which XML does not allow, become U+FFFD; so do bytes that are not UTF-8.
[[nodiscard]] std::string escape_markup(std::string_view text);

/// A number in at most `digits` significant digits, without the locale: "0.0002", "12345", "1.5e+09".
[[nodiscard]] std::string short_number(double number, int digits = 6);

/// A number with exactly `decimals` places.
[[nodiscard]] std::string fixed_number(double number, int decimals);

/// The same with its sign: "+0.0120", "−0.0120", "0.0000".
[[nodiscard]] std::string signed_number(double number, int decimals);

/// A number with an exponent and exactly `decimals` places: "1.5e-05".
[[nodiscard]] std::string scientific_number(double number, int decimals);

}  // namespace veil::io
