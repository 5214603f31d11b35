#include "fuzz/fuzz_target.h"

#include <vector>

namespace veil::fuzz {

std::span<const Target> file_targets();
std::span<const Target> tensor_targets();

std::span<const Target> targets() {
  static const std::vector<Target> all = [] {
    std::vector<Target> joined(file_targets().begin(), file_targets().end());
    joined.insert(joined.end(), tensor_targets().begin(), tensor_targets().end());
    return joined;
  }();
  return all;
}

}  // namespace veil::fuzz
