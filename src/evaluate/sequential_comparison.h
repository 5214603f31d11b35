#pragma once

#include <cstdint>
#include <vector>

#include "veil/evaluate/paired_comparison.h"

namespace veil {

/// What follows from the bits of the examples in both reports, which have some, looked at once: all of a comparison but
/// its classes and whether it is settled; has_same_masks as far as reports tell.
[[nodiscard]] PairedComparison paired_at_once(EvaluationReport a, EvaluationReport b);

/// The same, measured until SequentialDesign ends it, with a look after each of so many examples of the part.
[[nodiscard]] PairedComparison compare_sequentially(const ComparisonSide& a, const ComparisonSide& b,
                                                    std::vector<int64_t> sizes, const EvaluationProgress& progress);

}  // namespace veil
