#include "quality/intervals.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace veil {
namespace {

double log_choose(int64_t n, int64_t k) {
  const auto factorial = [](int64_t m) { return std::lgamma(static_cast<double>(m) + 1); };
  return factorial(n) - factorial(k) - factorial(n - k);
}

// P(X >= hits) of a binomial variable; 0 < p < 1.
double binomial_tail(int64_t hits, int64_t trials, double p) {
  double sum = 0;
  for (int64_t k = hits; k <= trials; ++k) {
    sum += std::exp(log_choose(trials, k) + static_cast<double>(k) * std::log(p) +
                    static_cast<double>(trials - k) * std::log1p(-p));
  }
  return std::min(sum, 1.0);
}

// The p under which at least `hits` have probability `tail`: the tail rises with p.
double share_with_tail(int64_t hits, int64_t trials, double tail) {
  double low = 0;
  double high = 1;
  for (int halving = 0; halving < 50; ++halving) {
    const double middle = (low + high) / 2;
    (binomial_tail(hits, trials, middle) < tail ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

Measured share_of(int64_t hits, int64_t trials) {
  Measured share;
  share.value = static_cast<double>(hits) / static_cast<double>(trials);
  share.low = hits == 0 ? 0.0 : share_with_tail(hits, trials, 0.025);
  share.high = hits == trials ? 1.0 : share_with_tail(hits + 1, trials, 0.975);
  return share;
}

Measured median_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto size = std::ssize(values);
  int64_t below = 0;  // values under the interval, and over it
  while (2 * (below + 1) < size && coin_tail(size - below, size) <= 0.025) {
    ++below;
  }
  below = std::max<int64_t>(0, below - 1);
  const auto at = [&](int64_t place) { return values[static_cast<size_t>(place)]; };
  return {.value = (at((size - 1) / 2) + at(size / 2)) / 2, .low = at(below), .high = at(size - 1 - below)};
}

double coin_tail(int64_t hits, int64_t tosses) { return hits <= 0 ? 1.0 : binomial_tail(hits, tosses, 0.5); }

std::vector<double> holm_adjusted(const std::vector<double>& p_values) {
  std::vector<size_t> order;
  for (size_t i = 0; i < p_values.size(); ++i) {
    if (!std::isnan(p_values[i])) {
      order.push_back(i);
    }
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size(), std::numeric_limits<double>::quiet_NaN());
  double largest = 0;
  for (size_t rank = 0; rank < order.size(); ++rank) {
    largest = std::max(largest, std::min(1.0, static_cast<double>(order.size() - rank) * p_values[order[rank]]));
    adjusted[order[rank]] = largest;
  }
  return adjusted;
}

}  // namespace veil
