#include "base/quadrature.h"

#include "veil/base/error.h"

namespace veil {
namespace {

struct Legendre {
  double value = 0.0;
  double derivative = 0.0;
};

// The Legendre polynomial of degree n at x in (-1, 1), by its three-term recurrence.
Legendre legendre(int64_t n, double x) {
  double before = 1;
  double value = x;
  for (int64_t k = 2; k <= n; ++k) {
    const auto degree = static_cast<double>(k);
    const double next = ((2 * degree - 1) * x * value - (degree - 1) * before) / degree;
    before = value;
    value = next;
  }
  return {value, static_cast<double>(n) * (x * value - before) / (x * x - 1)};
}

}  // namespace

GaussLegendre gauss_legendre(int64_t size) {
  require(size >= 1, "a Gauss-Legendre rule with ", size, " nodes, want at least 1");
  GaussLegendre rule;
  for (int64_t i = 0; i < size; ++i) {
    double x = std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (static_cast<double>(size) + 0.5));
    for (int iteration = 0; iteration < 20; ++iteration) {
      const auto p = legendre(size, x);
      x -= p.value / p.derivative;
    }
    const double slope = legendre(size, x).derivative;
    rule.nodes.push_back((1 + x) / 2);
    rule.weights.push_back(1 / ((1 - x * x) * slope * slope));
  }
  return rule;
}

}  // namespace veil
