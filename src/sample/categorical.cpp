#include "sample/categorical.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <vector>

#include "veil/base/error.h"

namespace veil {
namespace {

// exp(logits / temperature) over that of the largest.
template <typename Real>
std::vector<double> weights_of(const Real* logits, int64_t size, double temperature) {
  const auto largest = static_cast<double>(*std::max_element(logits, logits + size));
  std::vector<double> weights(static_cast<size_t>(size));
  for (int64_t v = 0; v < size; ++v) {
    weights[v] = std::exp((static_cast<double>(logits[v]) - largest) / temperature);
  }
  return weights;
}

// The value whose part of the summed weights holds u.
int64_t invert(const std::vector<double>& weights, double u) {
  std::vector<double> cumulative(weights.size());
  std::partial_sum(weights.begin(), weights.end(), cumulative.begin());
  const double total = cumulative.back();
  require(total > 0 && std::isfinite(total), "logits of a draw: got total ", total,
          ", wanted a positive finite number");
  const auto above = std::upper_bound(cumulative.begin(), cumulative.end(), u * total);
  if (above != cumulative.end()) {
    return above - cumulative.begin();
  }
  // u * total was rounded up to the total: the last value that has a probability, which is the first to reach the
  // total.
  return std::lower_bound(cumulative.begin(), cumulative.end(), total) - cumulative.begin();
}

}  // namespace

int64_t draw_categorical(const float* logits, int64_t size, double temperature, double u) {
  return invert(weights_of(logits, size, temperature), u);
}

int64_t draw_categorical(const double* logits, int64_t size, double temperature, double u) {
  return invert(weights_of(logits, size, temperature), u);
}

std::optional<int64_t> draw_jump(const float* logits, const double* unmask, int64_t size, double temperature,
                                 double u_reveal, double u_value) {
  auto weights = weights_of(logits, size, temperature);
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  std::transform(weights.begin(), weights.end(), unmask, weights.begin(), std::multiplies<>());
  const double revealed = std::accumulate(weights.begin(), weights.end(), 0.0);
  if (!(u_reveal * total < revealed)) {
    return std::nullopt;
  }
  return invert(weights, u_value);
}

}  // namespace veil
