#pragma once

#include <cmath>
#include <numbers>

namespace veil::testing {

/// Integral of f over (0, 1) by the double-exponential rule: exact to about 1e-12 also where f is singular but integrable
/// at an end. f is called with (x, 1 - x), the second without cancellation.
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

}  // namespace veil::testing
