#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

namespace veil {

/// Integral of f over (0, 1) by the double-exponential rule: exact to about 1e-12 also where f is singular but
/// integrable at an end. f is called with (x, 1 - x), the second without cancellation.
template <typename Function>
double integrate(const Function& f) {
  constexpr double kStep = 1.0 / 64;
  double sum = 0;
  for (int i = -4 * 64; i <= 4 * 64; ++i) {
    const double h = std::numbers::pi / 2 * std::sinh(i * kStep);
    const double x = 1 / (1 + std::exp(-2 * h));
    const double rest = 1 / (1 + std::exp(2 * h));
    const double weight = std::numbers::pi * std::cosh(i * kStep) * x * rest;
    if (x > 0 && rest > 0 && weight > 1e-300) {
      sum += weight * f(x, rest);
    }
  }
  return sum * kStep;
}

/// Nodes in (0, 1) and weights of the Gauss-Legendre rule.
struct GaussLegendre {
  std::vector<double> nodes;
  std::vector<double> weights;
};

/// The rule with `size` >= 1 nodes: exact for polynomials of degree 2 * size - 1, and quick for whatever is analytic
/// around [0, 1]. Nodes by Newton's method.
[[nodiscard]] GaussLegendre gauss_legendre(int64_t size);

/// Integral of f over (0, 1) by that rule. f is called with x.
template <typename Function>
double integrate_smooth(const GaussLegendre& rule, const Function& f) {
  double sum = 0;
  for (size_t i = 0; i < rule.nodes.size(); ++i) {
    sum += rule.weights[i] * f(rule.nodes[i]);
  }
  return sum;
}

}  // namespace veil
