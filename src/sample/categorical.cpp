#include "veil/sample/categorical.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "veil/base/error.h"

namespace veil {
namespace {

template <typename Real>
int64_t draw(const Real* logits, int64_t size, double temperature, double u) {
  const auto largest = static_cast<double>(*std::max_element(logits, logits + size));
  std::vector<double> cumulative(static_cast<size_t>(size));
  double total = 0;
  for (int64_t v = 0; v < size; ++v) {
    total += std::exp((static_cast<double>(logits[v]) - largest) / temperature);
    cumulative[v] = total;
  }
  require(total > 0 && std::isfinite(total), "logits of a draw: got total ", total, ", wanted a positive finite number");
  const auto above = std::upper_bound(cumulative.begin(), cumulative.end(), u * total);
  if (above != cumulative.end()) {
    return above - cumulative.begin();
  }
  // u * total was rounded up to the total: the last value that has a probability, which is the first to reach the total.
  return std::lower_bound(cumulative.begin(), cumulative.end(), total) - cumulative.begin();
}

}  // namespace

int64_t draw_categorical(const float* logits, int64_t size, double temperature, double u) {
  return draw(logits, size, temperature, u);
}

int64_t draw_categorical(const double* logits, int64_t size, double temperature, double u) {
  return draw(logits, size, temperature, u);
}

}  // namespace veil
