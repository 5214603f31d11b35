#pragma once

#include <algorithm>
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

}  // namespace veil
