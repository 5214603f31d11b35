#include "io/report/paired_difference.h"

namespace veil::io {

std::optional<PairedDifference> paired_difference(const EvaluationReport& first, const EvaluationReport& second) {
  const auto others = example_bits_by_index(second);
  std::vector<double> differences;
  for (const auto& [index, bits] : example_bits_by_index(first)) {
    if (const auto other = others.find(index); other != others.end()) {
      differences.push_back(bits - other->second);
    }
  }
  if (differences.size() < 2) {
    return std::nullopt;
  }
  return PairedDifference{.difference = mean_of(differences), .examples = std::ssize(differences)};
}

}  // namespace veil::io
