#include "io/source/split_words.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/words.h"
#include "io/source/source_names.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kSplitWords{{{"train", "train"},
                                                                                    {"training", "train"},
                                                                                    {"trainval", "train"},
                                                                                    {"test", "test"},
                                                                                    {"testing", "test"},
                                                                                    {"t10k", "test"},
                                                                                    {"valid", "valid"},
                                                                                    {"val", "valid"},
                                                                                    {"validation", "valid"}}};
constexpr std::array<std::string_view, 8> kImageWords{"set",   "sets",   "data", "dataset",
                                                      "image", "images", "img",  "imgs"};

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return is_lower(c) || is_upper(c) || static_cast<unsigned char>(c) >= 0x80; }

// "trainA" to "train" and "a". What begins with a digit is a word of its own, unless it is a number or a size.
void add_words(std::string_view part, std::vector<std::string>& words) {
  if (lower_case(part) == "t10k") {
    words.emplace_back("t10k");
  } else if (is_digit(part.front())) {
    if (part.find_first_not_of("0123456789x") != std::string_view::npos) {
      words.push_back(lower_case(part));
    }
  } else {
    size_t start = 0;
    for (size_t i = 1; i <= part.size(); ++i) {
      const bool ends = i == part.size() || is_digit(part[i]) || (is_lower(part[i - 1]) && is_upper(part[i]));
      if (ends) {
        words.push_back(lower_case(part.substr(start, i - start)));
        start = i;
      }
      if (i < part.size() && is_digit(part[i])) {
        add_words(part.substr(i), words);
        break;
      }
    }
  }
}

std::vector<std::string> words_of(std::string_view name) {
  std::vector<std::string> words;
  size_t start = 0;
  for (size_t i = 0; i <= name.size(); ++i) {
    if (i == name.size() || !(is_letter(name[i]) || is_digit(name[i]))) {
      if (i > start) {
        add_words(name.substr(start, i - start), words);
      }
      start = i + 1;
    }
  }
  return words;
}

bool is_image_word(std::string_view word) {
  return std::find(kImageWords.begin(), kImageWords.end(), word) != kImageWords.end();
}

// "train", and "trainset" or "testimages" in one word.
std::string_view split_of_word(std::string_view word) {
  for (const auto& [text, split] : kSplitWords) {
    if (word == text || (word.starts_with(text) && is_image_word(word.substr(text.size())))) {
      return split;
    }
  }
  return {};
}

bool is_domain(const std::string& rest) { return rest.size() == 1 && is_lower(rest.front()); }

std::string listed(const std::map<std::string, SplitName>& names) {
  std::vector<std::string> all;
  for (const auto& [folder, name] : names) {
    all.push_back(folder);
  }
  return joined(all);
}

// All of them have a word for a split.
SplitFolders read_splits(std::map<std::string, SplitName> names) {
  const auto& first = names.begin()->second;
  const bool are_equal =
      std::all_of(names.begin(), names.end(), [&](const auto& name) { return name.second.rest == first.rest; });
  const bool are_domains =
      std::all_of(names.begin(), names.end(), [](const auto& name) { return is_domain(name.second.rest); });
  require<DataError>(are_equal || are_domains, "found folders that name splits in different words (", listed(names),
                     "); rename or remove what is no split: ", kUnderstoodSplits);
  return {.are_splits = true, .have_domains = are_domains && !are_equal, .names = std::move(names)};
}

}  // namespace

SplitName split_name_of(std::string_view folder) {
  SplitName name;
  std::vector<std::string> rest;
  for (auto& word : words_of(folder)) {
    const auto split = split_of_word(word);
    if (!split.empty() && !name.split.empty()) {
      return {};  // train-test says nothing
    }
    if (!split.empty()) {
      name.split = split;
    } else if (!is_image_word(word) && !(word == "x" && !name.split.empty())) {
      rest.push_back(std::move(word));
    }
  }
  name.rest = name.split.empty() ? "" : joined(rest, " ");
  return name;
}

SplitFolders split_folders(const std::set<std::string>& folders, bool has_loose, const std::string& outside) {
  std::map<std::string, SplitName> speaking;
  std::set<std::string> splits;
  bool is_any_whole = false;
  for (const auto& folder : folders) {
    if (auto name = split_name_of(folder); !name.split.empty()) {
      splits.insert(name.split);
      is_any_whole |= name.rest.empty();
      speaking.emplace(folder, std::move(name));
    }
  }
  if (speaking.empty()) {
    return {};
  }
  const auto others = folders.size() - speaking.size() + (has_loose ? 1 : 0);
  if (others == 0) {
    return read_splits(std::move(speaking));
  }
  const bool are_classes = splits.size() == 1 && (!is_any_whole || (others >= 2 && !has_loose));
  require<DataError>(are_classes, "found images in folders that name splits (", listed(speaking),
                     ") and outside of them (", outside, "); put all of them into one, or none; ", kUnderstoodSplits);
  SplitFolders classes;
  for (const auto& [folder, name] : speaking) {
    classes.taken_for_classes.insert(folder);
  }
  return classes;
}

}  // namespace veil::io
