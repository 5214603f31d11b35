#pragma once

#include <cstdint>
#include <optional>

#include "io/report/example_bits.h"

namespace veil::io {

/// How the bits of one evaluation differ from those of another on the examples that both scored.
struct PairedDifference {
  MeanFigure difference;  ///< bits per dimension of the first less those of the second
  int64_t examples = 0;   ///< that both scored
};

/// Of evaluations of one split; nothing below two common examples, or where either does not say the bits of each.
[[nodiscard]] std::optional<PairedDifference> paired_difference(const EvaluationReport& first,
                                                                const EvaluationReport& second);

}  // namespace veil::io
