#include "io/file/nearest_name.h"

#include <algorithm>
#include <vector>

#include "veil/base/error.h"

namespace veil::io {
namespace {

// Names are short; a hostile key of a megabyte must not cost a megabyte times the length of every name.
constexpr size_t kLongest = 100;

}  // namespace

int64_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<int64_t> before_last(b.size() + 1);
  std::vector<int64_t> last(b.size() + 1);
  std::vector<int64_t> current(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) {
    last[j] = static_cast<int64_t>(j);
  }
  for (size_t i = 1; i <= a.size(); ++i) {
    current[0] = static_cast<int64_t>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int64_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({replaced, last[j] + 1, current[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], before_last[j - 2] + 1);
      }
    }
    std::swap(before_last, last);
    std::swap(last, current);
  }
  return last[b.size()];
}

std::string nearest_name(std::string_view given, std::span<const std::string> names) {
  std::string nearest;
  if (given.size() > kLongest) {
    return nearest;
  }
  int64_t fewest = std::max<int64_t>(2, static_cast<int64_t>(given.size()) / 3) + 1;
  for (const std::string& name : names) {
    const int64_t edits = edit_distance(given, name);
    if (edits < fewest) {
      fewest = edits;
      nearest = name;
    }
  }
  return nearest;
}

std::string did_you_mean(std::string_view given, std::span<const std::string> names) {
  const std::string nearest = nearest_name(given, names);
  return nearest.empty() ? "" : concat(" (did you mean ", nearest, "?)");
}

}  // namespace veil::io
