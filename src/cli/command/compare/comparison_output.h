#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "veil/data/dataset.h"
#include "veil/evaluate/paired_comparison.h"

namespace veil::cli {

/// Places in the lists of a comparison: the examples whose difference is most in favour of A, and of B, the largest
/// first. An example that costs both the same is in neither.
struct MostDifferent {
  std::vector<size_t> a_better;
  std::vector<size_t> b_better;
};

/// At most `count` of either.
[[nodiscard]] MostDifferent most_different(const PairedComparison& comparison, size_t count);

/// A comparison for people. dataset: what was scored, for names and labels; nullptr where only reports were at hand.
[[nodiscard]] std::string comparison_text(const PairedComparison& comparison, const MostDifferent& most,
                                          const Dataset* dataset);

/// The JSON object that `veil compare --json` prints (docs/file-formats.md).
[[nodiscard]] nlohmann::ordered_json comparison_json(const PairedComparison& comparison, const MostDifferent& most,
                                                     const Dataset* dataset);

}  // namespace veil::cli
