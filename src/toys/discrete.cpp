#include "toys/discrete.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "veil/base/error.h"

namespace veil {

void to_log_probabilities(std::span<double> weights) {
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  const double uniform = -std::log(static_cast<double>(weights.size()));
  for (double& weight : weights) {
    weight = total > 0 ? std::log(weight / total) : uniform;
  }
}

int64_t draw_index(std::span<const double> weights, double u) {
  const double threshold = u * std::accumulate(weights.begin(), weights.end(), 0.0);
  double sum = 0;
  int64_t last = 0;
  for (size_t v = 0; v < weights.size(); ++v) {
    sum += weights[v];
    if (weights[v] > 0) {
      last = static_cast<int64_t>(v);
      if (sum > threshold) {
        break;
      }
    }
  }
  return last;
}

double entropy_of(std::span<const double> p) {
  double sum = 0;
  for (const double q : p) {
    sum -= q > 0 ? q * std::log(q) : 0;
  }
  return sum;
}

void check_distribution(std::span<const double> p, int64_t size, const char* name) {
  require(static_cast<int64_t>(p.size()) == size, name, " has ", p.size(), " entries, want ", size);
  require(std::all_of(p.begin(), p.end(), [](double q) { return q >= 0; }), name, " has an entry below 0");
  const double total = std::accumulate(p.begin(), p.end(), 0.0);
  require(std::abs(total - 1) < 1e-9, name, " adds up to ", total, ", want 1");
}

std::vector<double> multiply(std::span<const double> a, std::span<const double> b, int64_t size) {
  std::vector<double> product(static_cast<size_t>(size * size), 0.0);
  for (int64_t i = 0; i < size; ++i) {
    for (int64_t k = 0; k < size; ++k) {
      for (int64_t j = 0; j < size; ++j) {
        product[i * size + j] += a[i * size + k] * b[k * size + j];
      }
    }
  }
  return product;
}

std::vector<double> stationary_law(std::span<const double> transition, int64_t size) {
  constexpr int kSquarings = 40;
  std::vector<double> power(transition.begin(), transition.end());
  for (int i = 0; i < kSquarings; ++i) {
    power = multiply(power, power, size);
    for (int64_t row = 0; row < size; ++row) {  // rounding would otherwise double with every squaring
      const auto begin = power.begin() + row * size;
      const double total = std::accumulate(begin, begin + size, 0.0);
      std::transform(begin, begin + size, begin, [total](double q) { return q / total; });
    }
  }
  return {power.begin(), power.begin() + size};
}

}  // namespace veil
