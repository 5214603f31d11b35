#include "cli/command/data/flag_words.h"

#include <array>
#include <string_view>

namespace veil::cli {
namespace {

constexpr std::string_view kSection = "data.";
constexpr std::array<std::string_view, 8> kKeys{"size",    "channels", "resize",  "upscale",
                                                "holdout", "fit",      "padding", "duplicates"};

bool is_one_of(char letter, std::string_view letters) { return letters.find(letter) != std::string_view::npos; }

// Whether a setting stands at `at`, and nothing that only holds its name, such as a path.
bool is_setting(std::string_view text, size_t at, std::string_view key) {
  const auto end = at + kSection.size() + key.size();
  return text.substr(at + kSection.size()).starts_with(key) && (at == 0 || is_one_of(text[at - 1], " (")) &&
         (end >= text.size() || is_one_of(text[end], " ),;:\n"));
}

}  // namespace

std::string as_flags(const std::string& text) {
  std::string changed;
  size_t done = 0;
  for (auto at = text.find(kSection); at != std::string::npos; at = text.find(kSection, at + 1)) {
    for (const auto key : kKeys) {
      if (is_setting(text, at, key)) {
        changed.append(text, done, at - done).append("--");
        done = at + kSection.size();
      }
    }
  }
  return changed.append(text, done);
}

}  // namespace veil::cli
