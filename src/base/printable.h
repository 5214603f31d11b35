#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

namespace veil {

/// A character that a terminal obeys instead of showing it, an end of line among them.
[[nodiscard]] constexpr bool is_control(char letter) {
  return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
}

/// `text` with '?' for every control character: one line, and what came from a file or its name commands nothing.
[[nodiscard]] inline std::string printable(std::string text) {
  std::replace_if(text.begin(), text.end(), is_control, '?');
  return text;
}

/// The shortest text that reads back as the same number, with a point whatever the locale.
template <typename Number>
[[nodiscard]] std::string number_text(Number value) {
  std::array<char, 32> buffer{};
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr};
}

}  // namespace veil
