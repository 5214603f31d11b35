#include "evaluate/example_ranking.h"

#include <algorithm>
#include <numeric>

namespace veil {

ExampleRanking rank_examples(const EvaluationReport& report, int64_t wanted) {
  const auto& bits = report.example_bits;
  std::vector<size_t> order(bits.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return bits[a] < bits[b]; });
  const auto count = std::clamp<int64_t>(report.examples / 2, 1, wanted);
  ExampleRanking ranking;
  ranking.most.assign(order.rbegin(), order.rbegin() + count);
  ranking.fewest.assign(order.begin(), order.begin() + std::min(count, report.examples - count));
  return ranking;
}

}  // namespace veil
