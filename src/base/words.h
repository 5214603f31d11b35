#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace veil {

/// A character that a terminal obeys instead of showing it, an end of line among them.
[[nodiscard]] constexpr bool is_control(char letter) {
  return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f;
}

/// `text` with '?' for every control character: one line, and what came from a file or its name commands nothing.
[[nodiscard]] std::string printable(std::string text);

/// What a user or a file gave, fit for a message: printable, and cut after `most` bytes, with "…" in place of the rest.
/// A letter of several bytes stays whole or goes.
[[nodiscard]] std::string shortened(std::string_view text, size_t most = 60);

/// The same in single quotes.
[[nodiscard]] std::string in_quotes(std::string_view text, size_t most = 120);

/// A word as a shell reads it: in single quotes, unless it is plain without them.
[[nodiscard]] std::string in_shell_quotes(const std::string& word);

/// Whether bytes can be text of ASCII or UTF-8: no control characters but blanks and ends of lines and pages.
[[nodiscard]] bool looks_like_text(std::string_view bytes);

/// The letters A to Z as small ones, whatever the locale.
[[nodiscard]] std::string lower_case(std::string_view text);

/// The parts with a comma, or what else is wanted, between them.
[[nodiscard]] std::string joined(const std::vector<std::string>& parts, std::string_view between = ", ");

/// The sizes of an array: "[2, 3]".
[[nodiscard]] std::string bracketed(std::span<const int64_t> sizes);

/// A number of 0 or more with at least `digits` digits, so that names with it sort as the numbers do: "000012".
[[nodiscard]] std::string zero_padded(int64_t number, size_t digits);

/// Two lower-case digits for each byte.
[[nodiscard]] std::string hexadecimal(std::span<const uint8_t> bytes, std::string_view between = "");

/// The shortest text that reads back as the same number, with a point whatever the locale.
template <typename Number>
[[nodiscard]] std::string number_text(Number value) {
  std::array<char, 32> buffer{};
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr};
}

}  // namespace veil
