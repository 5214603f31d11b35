#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace veil::io {

/// What a remark on classes without an example says.
inline constexpr const char* kWithoutExample = " classes have no example: ";

/// How labels that a file gives as numbers are counted here.
struct ClassNumbers {
  int64_t first = 0;  ///< the label that is class 0
  int64_t classes = 0;
  std::vector<std::string> names{};  ///< the labels themselves, where they do not count from 0; else empty
  std::string remark{};              ///< a line on classes that no example has, or empty
};

/// occurs[label]: whether an example of any split has it; the last one does. Where all from 1 to 2 or more occur and 0
/// does not, class 0 is the label 1, and the classes are called by their labels. Otherwise labels without examples stay
/// classes, and are named.
[[nodiscard]] ClassNumbers class_numbers(const std::vector<bool>& occurs);

}  // namespace veil::io
