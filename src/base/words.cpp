#include "base/words.h"

#include <algorithm>

#include "veil/base/error.h"

namespace veil {

std::string printable(std::string text) {
  std::replace_if(text.begin(), text.end(), is_control, '?');
  return text;
}

std::string shortened(std::string_view text, size_t most) {
  if (text.size() <= most) {
    return printable(std::string(text));
  }
  const auto is_inside = [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; };  // of UTF-8
  while (most > 0 && is_inside(text[most])) {
    --most;
  }
  return printable(std::string(text.substr(0, most))) + "…";
}

std::string in_quotes(std::string_view text, size_t most) { return concat("'", shortened(text, most), "'"); }

std::string in_shell_quotes(const std::string& word) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
    return word;
  }
  std::string text;
  for (const char letter : word) {
    text += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  }
  return concat("'", text, "'");
}

bool looks_like_text(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 ? byte != 0x7f && byte < 0xfe : byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
  });
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  std::string text;
  for (size_t i = 0; i < parts.size(); ++i) {
    text.append(i == 0 ? "" : between).append(parts[i]);
  }
  return text;
}

std::string bracketed(std::span<const int64_t> sizes) {
  std::vector<std::string> numbers;
  for (const auto size : sizes) {
    numbers.push_back(std::to_string(size));
  }
  return concat("[", joined(numbers), "]");
}

std::string zero_padded(int64_t number, size_t digits) {
  const auto text = std::to_string(number);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

std::string hexadecimal(std::span<const uint8_t> bytes, std::string_view between) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const auto byte : bytes) {
    text.append(text.empty() ? "" : between);
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

}  // namespace veil
