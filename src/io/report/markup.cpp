#include "io/report/markup.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Length of the well-formed UTF-8 sequence of two bytes or more that `text` begins with; 0 if there is none. Unicode
/// standard, table 3-7.
size_t sequence_length(std::string_view text) {
  const auto byte = [&](size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](size_t i) { return byte(i) >= 0x80 && byte(i) <= 0xbf; };
  const unsigned lead = byte(0);
  if (lead >= 0xc2 && lead <= 0xdf) {
    return follows(1) ? 2 : 0;
  }
  if (lead >= 0xe0 && lead <= 0xef) {
    const bool second = follows(1) && (lead != 0xe0 || byte(1) >= 0xa0) && (lead != 0xed || byte(1) <= 0x9f);
    return second && follows(2) ? 3 : 0;
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const bool second = follows(1) && (lead != 0xf0 || byte(1) >= 0x90) && (lead != 0xf4 || byte(1) <= 0x8f);
    return second && follows(2) && follows(3) ? 4 : 0;
  }
  return 0;
}

std::string_view entity(char c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    default:
      return {};
  }
}

std::string format(double number, std::chars_format form, int precision) {
  std::array<char, 400> buffer{};  // fixed: up to 309 digits before the point
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, form, precision).ptr;
  return {buffer.data(), end};
}

}  // namespace

std::string escape_markup(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const size_t length = byte < 0x80 ? 1 : sequence_length(text.substr(i));
    const bool allowed = length > 0 && (byte >= 0x20 || byte == '\t' || byte == '\n') && byte != 0x7f;
    const auto replacement = allowed ? entity(text[i]) : kReplacement;
    result += replacement.empty() ? text.substr(i, length) : replacement;
    i += length > 0 ? length : 1;
  }
  return result;
}

std::string short_number(double number, int digits) { return format(number, std::chars_format::general, digits); }

std::string fixed_number(double number, int decimals) {
  const std::string text = format(number, std::chars_format::fixed, decimals);
  const bool is_zero = text.find_first_not_of("-0.") == std::string::npos;
  return is_zero && text.starts_with('-') ? text.substr(1) : text;
}

std::string signed_number(double number, int decimals) {
  return concat(number > 0 ? "+" : number < 0 ? "−" : "", fixed_number(std::abs(number), decimals));
}

std::string scientific_number(double number, int decimals) {
  return format(number, std::chars_format::scientific, decimals);
}

}  // namespace veil::io
