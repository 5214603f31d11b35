#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "veil/evaluate/evaluation_report.h"

namespace veil {

/// Places in a report's example_bits; none is in both lists.
struct ExampleRanking {
  std::vector<size_t> most;    ///< bits, the largest first
  std::vector<size_t> fewest;  ///< the smallest first
};

/// The `wanted` examples of most and of fewest bits, or half of them each where there are not so many. Of equal ones
/// the earlier counts as smaller.
[[nodiscard]] ExampleRanking rank_examples(const EvaluationReport& report, int64_t wanted);

}  // namespace veil
