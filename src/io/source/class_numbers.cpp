#include "io/source/class_numbers.h"

#include <algorithm>

#include "base/words.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kNamedClasses = 10;

}  // namespace

ClassNumbers class_numbers(const std::vector<bool>& occurs) {
  ClassNumbers numbers{.classes = std::ssize(occurs)};
  if (occurs.size() >= 3 && !occurs[0] && std::find(occurs.begin() + 1, occurs.end(), false) == occurs.end()) {
    numbers.first = 1;
    --numbers.classes;
    for (int64_t label = 1; label <= numbers.classes; ++label) {
      numbers.names.push_back(concat(label));
    }
    numbers.remark = concat("the labels count from 1 to ", numbers.classes, ", and so the classes are called");
  }
  std::vector<std::string> empty;
  size_t count = 0;
  for (auto label = static_cast<size_t>(numbers.first); label < occurs.size(); ++label) {
    if (!occurs[label] && ++count <= kNamedClasses) {
      empty.push_back(concat(label));
    }
  }
  if (count > 0) {
    numbers.remark += concat(numbers.remark.empty() ? "" : "; ", count, " of ", numbers.classes, kWithoutExample,
                             joined(empty), count > kNamedClasses ? ", …" : "");
  }
  return numbers;
}

}  // namespace veil::io
