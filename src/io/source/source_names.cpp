#include "io/source/source_names.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "base/words.h"
#include "io/source/split_words.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kSplitWords{
    {{"train", "train"}, {"test", "test"}, {"t10k", "test"}, {"valid", "valid"}, {"val", "valid"}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string_view split_at_start(std::string_view name) {
  for (const auto& [word, split] : kSplitWords) {
    const bool ends = name.size() == word.size() || !is_letter(name[word.size()]) || name.starts_with("validation") ||
                      name.starts_with("training") || name.starts_with("testing");
    if (name.starts_with(word) && ends) {
      return split;
    }
  }
  return {};
}

}  // namespace

int64_t position_of(const std::vector<SourceSplit>& splits, std::string_view name) {
  const auto found = std::find_if(splits.begin(), splits.end(), [&](const auto& split) { return split.name == name; });
  return found == splits.end() ? -1 : found - splits.begin();
}

bool has_image_ending(std::string_view name) {
  static const std::array<std::string_view, 11> endings{".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif",
                                                        ".ppm", ".pgm", ".pbm",  ".pnm",  ".tga"};
  const auto lower = lower_case(name.substr(std::min(name.rfind('.'), name.size())));
  return std::find(endings.begin(), endings.end(), lower) != endings.end();
}

std::string split_of_name(std::string_view name) {
  const auto lower = lower_case(name);
  for (size_t start = 0; start != std::string::npos;) {
    const auto split = split_at_start(std::string_view(lower).substr(start));
    if (!split.empty()) {
      return std::string(split);
    }
    const auto gap = lower.find_first_of("_-./", start);
    start = gap == std::string::npos ? gap : gap + 1;
  }
  return "";
}

std::string split_of_folder(std::string_view name) {
  auto found = split_name_of(name);
  return found.rest.empty() ? std::move(found.split) : "";
}

size_t split_rank(std::string_view split) {
  return split == "train" ? 0 : split == "valid" ? 1 : split == "test" ? 2 : 3;
}

void use_valid_as_test(std::vector<SourceSplit>& splits) {
  if (position_of(splits, "test") < 0) {
    if (const auto valid = position_of(splits, "valid"); valid >= 0) {
      splits[static_cast<size_t>(valid)].name = "test";
    }
  }
}

size_t split_position(const SourceInfo& info, const std::string& split) {
  const auto position = position_of(info.splits, split);
  require(position >= 0, info.name, ": has no split '", split, "'");
  return static_cast<size_t>(position);
}

std::string custom_name(const fs::path& path) {
  std::error_code ignored;
  const auto full = fs::weakly_canonical(path, ignored);
  return "custom-" + (full.empty() ? path : full).filename().string();
}

bool natural_less(std::string_view left, std::string_view right) {
  size_t i = 0;
  size_t j = 0;
  while (i < left.size() && j < right.size()) {
    if (is_digit(left[i]) && is_digit(right[j])) {
      const auto end_of = [](std::string_view text, size_t at) {
        while (at < text.size() && is_digit(text[at])) {
          ++at;
        }
        return at;
      };
      auto a = left.substr(i, end_of(left, i) - i);
      auto b = right.substr(j, end_of(right, j) - j);
      i += a.size();
      j += b.size();
      a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
      b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
      if (a.size() != b.size() || a != b) {
        return a.size() != b.size() ? a.size() < b.size() : a < b;
      }
    } else if (left[i] != right[j]) {
      return left[i] < right[j];
    } else {
      ++i;
      ++j;
    }
  }
  return left.size() - i < right.size() - j;
}

}  // namespace veil::io
