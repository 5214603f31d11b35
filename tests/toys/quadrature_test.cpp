#include "base/quadrature.h"

#include <gtest/gtest.h>

#include <cmath>

#include "veil/base/error.h"

namespace veil {
namespace {

TEST(QuadratureTest, GaussLegendreIsExactForPolynomialsOfTwiceItsSizeLessOne) {
  for (const int64_t size : {1, 2, 3, 7, 16, 64}) {
    const auto rule = gauss_legendre(size);
    for (int64_t degree = 0; degree < 2 * size; ++degree) {
      const auto power = [degree](double x) { return std::pow(x, degree); };
      EXPECT_NEAR(integrate_smooth(rule, power), 1.0 / static_cast<double>(degree + 1), 1e-13) << size << " " << degree;
    }
  }
  const auto square = [](double x) { return x * x; };
  EXPECT_GT(std::abs(integrate_smooth(gauss_legendre(1), square) - 1.0 / 3), 0.05);
  EXPECT_THROW((void)gauss_legendre(0), InvalidArgument);
}

TEST(QuadratureTest, BothRulesIntegrateWhatTheyAreFor) {
  const auto rule = gauss_legendre(30);
  EXPECT_NEAR(integrate_smooth(rule, [](double x) { return std::exp(-x) * std::cos(5 * x); }),
              (1 + std::exp(-1.0) * (5 * std::sin(5.0) - std::cos(5.0))) / 26, 1e-14);
  EXPECT_NEAR(integrate([](double x, double) { return 1 / std::sqrt(x); }), 2, 1e-10);
  EXPECT_NEAR(integrate([](double x, double rest) { return std::log(x) * std::log(rest); }),
              2 - std::numbers::pi * std::numbers::pi / 6, 1e-12);
}

}  // namespace
}  // namespace veil
