#include "io/dataset/refusals.h"

#include <algorithm>
#include <map>

#include "base/words.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kGroupsInALine = 3;
constexpr int64_t kLeastSize = 4;  // a remedy worth naming
constexpr size_t kDigits = 6;      // of the numbers in a column

std::string without_numbers(const std::string& reason) {
  std::string text;
  for (const char letter : reason) {
    const bool is_digit = letter >= '0' && letter <= '9';
    if (!is_digit || !text.ends_with('#')) {
      text += is_digit ? '#' : letter;
    }
  }
  return text;
}

std::string reason_of(const Refusal& refusal, const FitOptions& fit) {
  return refusal.largest_size > 0 ? concat("smaller than ", fit.size, "x", fit.size) : refusal.reason;
}

std::string in_column(int64_t count) {
  const auto text = concat(count);
  return std::string(text.size() < kDigits ? kDigits - text.size() : 0, ' ') + text;
}

}  // namespace

std::vector<RefusalGroup> refusal_groups(const std::vector<Refusal>& refused, const FitOptions& fit) {
  std::vector<RefusalGroup> groups;
  std::map<std::string, size_t> places;
  for (const auto& refusal : refused) {
    const auto reason = reason_of(refusal, fit);
    const auto [place, is_new] = places.emplace(without_numbers(reason), groups.size());
    if (is_new) {
      groups.push_back({.reason = reason, .example = refusal.origin, .largest_size = refusal.largest_size});
    }
    auto& group = groups[place->second];
    ++group.count;
    group.largest_size = std::min(group.largest_size, refusal.largest_size);
  }
  std::stable_sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.count > b.count; });
  return groups;
}

std::string describe(const RefusalGroup& group) {
  if (group.largest_size == 0) {
    return printable(concat(group.example, ": ", group.reason));
  }
  const auto size = convenient_size(group.largest_size);
  const bool are_many = group.count > 1;
  return printable(
      concat(group.reason, are_many ? ", such as " : ", ", group.example, "; data.upscale true enlarges ",
             are_many ? "them" : "it",
             size < kLeastSize ? "" : concat(", data.size ", size, are_many ? " takes them all" : " takes it")));
}

std::vector<std::string> refusal_lines(const std::vector<RefusalGroup>& groups, size_t most) {
  std::vector<std::string> lines;
  int64_t others = 0;
  for (size_t i = 0; i < groups.size(); ++i) {
    if (i < most) {
      lines.push_back(concat(in_column(groups[i].count), "  ", describe(groups[i])));
    } else {
      others += groups[i].count;
    }
  }
  if (others > 0) {
    lines.push_back(concat(in_column(others), "  for other reasons"));
  }
  return lines;
}

nlohmann::ordered_json refusals_json(const std::vector<RefusalGroup>& groups, size_t most, size_t longest) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (size_t i = 0; i < std::min(groups.size(), most); ++i) {
    list.push_back({{"reason", groups[i].reason.substr(0, longest)},
                    {"count", groups[i].count},
                    {"example", groups[i].example.substr(0, longest)}});
  }
  return list;
}

int64_t convenient_size(int64_t smallest) { return smallest < 4 ? smallest : smallest - smallest % 4; }

std::string refusals_text(const std::vector<Refusal>& refused, const FitOptions& fit) {
  const auto groups = refusal_groups(refused, fit);
  std::string text;
  for (size_t i = 0; i < std::min(groups.size(), kGroupsInALine); ++i) {
    text +=
        concat("; ", groups[i].count, groups[i].count == 1 ? " is refused: " : " are refused: ", describe(groups[i]));
  }
  return text + (groups.size() > kGroupsInALine ? "; and others" : "");
}

}  // namespace veil::io
