#include "io/source/source_names.h"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <set>
#include <system_error>
#include <utility>

#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kSplitWords{
    {{"train", "train"}, {"test", "test"}, {"t10k", "test"}, {"valid", "valid"}, {"val", "valid"}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string lower_case(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

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

std::string_view folder_split(std::string_view folder) {
  const auto name = lower_case(folder);
  const auto is_other = [](char c) { return !is_letter(c); };
  const auto letters = name.starts_with("t10k") ? 4 : std::find_if(name.begin(), name.end(), is_other) - name.begin();
  const auto end = static_cast<size_t>(letters);
  const bool is_plain = name.find_first_not_of("0123456789x-_", end) == std::string::npos;
  return is_plain ? split_at_start(std::string_view(name).substr(0, end)) : std::string_view();
}

int64_t position_of(const std::vector<SourceSplit>& splits, std::string_view name) {
  const auto found = std::find_if(splits.begin(), splits.end(), [&](const auto& split) { return split.name == name; });
  return found == splits.end() ? -1 : found - splits.begin();
}

// The first folder of a path, and the rest.
std::pair<std::string_view, std::string_view> first_folder(std::string_view path) {
  const auto end = path.find('/');
  return end == std::string_view::npos ? std::pair{std::string_view(), path}
                                       : std::pair{path.substr(0, end), path.substr(end + 1)};
}

bool has_image_ending(std::string_view name) {
  static const std::array<std::string_view, 11> endings{".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif",
                                                        ".ppm", ".pgm", ".pbm",  ".pnm",  ".tga"};
  const auto lower = lower_case(name.substr(std::min(name.rfind('.'), name.size())));
  return std::find(endings.begin(), endings.end(), lower) != endings.end();
}

// A folder that holds everything ("photos/train/…" in a tar) says nothing. Returns the length of "photos/", or 0.
size_t common_folder(const std::vector<std::string>& names, bool may_be_split) {
  const auto folder = first_folder(names.front()).first;
  const bool holds_all = std::all_of(names.begin(), names.end(), [&](const auto& name) {
    const auto [first, rest] = first_folder(name);
    return first == folder && (rest.find('/') != std::string_view::npos || !has_image_ending(name));
  });
  return holds_all && !folder.empty() && (may_be_split || folder_split(folder).empty()) ? folder.size() + 1 : 0;
}

void count_in_split(ImageListing& listing, ImageListing::Image& image, const std::string& split) {
  auto index = position_of(listing.splits, split);
  if (index < 0) {
    index = static_cast<int64_t>(listing.splits.size());
    listing.splits.push_back({split, 0});
  }
  ++listing.splits[static_cast<size_t>(index)].images;
  image.split = static_cast<size_t>(index);
}

// Train first, whatever order the images came in.
void order_splits(ImageListing& listing) {
  std::vector<size_t> order(listing.splits.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t left, size_t right) {
    return split_rank(listing.splits[left].name) < split_rank(listing.splits[right].name);
  });
  std::vector<SourceSplit> sorted;
  std::vector<size_t> place(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    sorted.push_back(listing.splits[order[i]]);
    place[order[i]] = i;
  }
  listing.splits = std::move(sorted);
  for (auto& image : listing.images) {
    image.split = place[image.split];
  }
}

// Whether the first folders are splits. Throws DataError if some are and some are not, unless it is one of at least
// three: bicycles, ships and train are classes.
bool is_divided_by_folders(const std::vector<std::string>& names, size_t skipped) {
  std::set<std::string_view> splits;
  std::set<std::string_view> others;
  std::string_view outside;
  for (const auto& name : names) {
    const auto folder = first_folder(std::string_view(name).substr(std::min(skipped, name.size()))).first;
    if (const auto split = folder_split(folder); !split.empty()) {
      splits.insert(split);
    } else if (has_image_ending(name)) {
      others.insert(folder);
      outside = name;
    }
  }
  const bool are_classes = splits.size() == 1 && others.size() >= 2 && !others.contains("");
  require<DataError>(splits.empty() || others.empty() || are_classes,
                     "found images in folders that name splits (train, test) and outside of them (", outside,
                     "); put all of them into one, or none");
  return !splits.empty() && others.empty();
}

// folders[i]: the class folder of image i, or "".
void add_classes(ImageListing& listing, const std::vector<std::string_view>& folders) {
  std::map<std::string_view, int64_t> classes;
  std::string unlabelled;
  for (size_t i = 0; i < folders.size(); ++i) {
    if (!folders[i].empty()) {
      classes.emplace(folders[i], 0);
    } else if (has_image_ending(listing.images[i].name)) {
      unlabelled = listing.images[i].name;
    }
  }
  if (classes.size() < 2 || !unlabelled.empty()) {
    listing.unlabelled = classes.size() < 2 ? "" : unlabelled;
    return;
  }
  for (auto& [folder, label] : classes) {
    label = static_cast<int64_t>(listing.class_names.size());
    listing.class_names.emplace_back(folder);
  }
  for (size_t i = 0; i < folders.size(); ++i) {
    listing.images[i].label = folders[i].empty() ? -1 : classes.at(folders[i]);
  }
}

}  // namespace

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

std::string split_of_folder(std::string_view name) { return std::string(folder_split(name)); }

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

ImageListing list_images(std::vector<std::string> names, const std::string& own_split) {
  ImageListing listing;
  if (names.empty()) {
    listing.splits.push_back({own_split.empty() ? "all" : own_split, 0});
    return listing;
  }
  const auto skipped = common_folder(names, !own_split.empty());
  const auto rest_of = [&](std::string_view name) { return name.substr(std::min(skipped, name.size())); };
  const bool is_divided = own_split.empty() && is_divided_by_folders(names, skipped);
  listing.images.reserve(names.size());
  for (auto& name : names) {
    if (!is_divided || !folder_split(first_folder(rest_of(name)).first).empty()) {
      listing.images.push_back({.name = std::move(name)});
    }
  }
  std::vector<std::string_view> folders;
  for (auto& image : listing.images) {
    const auto rest = rest_of(image.name);
    const auto [first, inner] = first_folder(rest);
    folders.push_back(first_folder(is_divided ? inner : rest).first);
    count_in_split(listing, image,
                   is_divided          ? std::string(folder_split(first))
                   : own_split.empty() ? "all"
                                       : own_split);
  }
  add_classes(listing, folders);
  order_splits(listing);
  use_valid_as_test(listing.splits);
  return listing;
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
