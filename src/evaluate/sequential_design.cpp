#include "veil/evaluate/sequential_design.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>
#include <numeric>
#include <utility>

#include "base/quadrature.h"
#include "evaluate/statistics.h"
#include "veil/base/error.h"

namespace veil {
namespace {

constexpr int64_t kFirstLook = 50;
constexpr size_t kMostLooks = 8;
constexpr size_t kNodes = 96;

double normal_density(double x) { return std::exp(-x * x / 2) * std::numbers::inv_sqrtpi / std::numbers::sqrt2; }

}  // namespace

std::vector<int64_t> planned_looks(int64_t examples) {
  require(examples >= 1, "looks at ", examples, " examples were asked for, want one example at least");
  std::vector<int64_t> sizes{examples};
  for (int64_t parts = 2; sizes.size() < kMostLooks && examples / parts >= kFirstLook; parts *= 2) {
    sizes.push_back(examples / parts);
  }
  std::reverse(sizes.begin(), sizes.end());
  return sizes;
}

SequentialDesign::SequentialDesign(std::vector<int64_t> sizes, double error_rate)
    : sizes_(std::move(sizes)), error_rate_(error_rate) {
  require(!sizes_.empty() && sizes_.front() >= 1, "the first look is not after one example or more");
  require(std::ranges::adjacent_find(sizes_, std::greater_equal<>()) == sizes_.end(),
          "the looks do not follow one another, want ascending numbers of examples");
  require(error_rate > 0 && error_rate < 1, "the error rate is ", error_rate, ", want a number in (0, 1)");
  double low = normal_quantile(error_rate / 2);                                        // one look
  double high = normal_quantile(error_rate / 2 / static_cast<double>(sizes_.size()));  // looks that exclude each other
  while (high - low > 1e-12) {
    const double middle = (low + high) / 2;
    (crossing_probability(middle) > error_rate ? low : high) = middle;
  }
  boundary_ = (low + high) / 2;
  fill_densities(boundary_);
}

double SequentialDesign::root(size_t look) const { return std::sqrt(static_cast<double>(sizes_[look])); }

void SequentialDesign::fill_densities(double boundary) {
  auto rule = gauss_legendre(kNodes);  // of (0, 1)
  for (size_t i = 0; i < kNodes; ++i) {
    rule.nodes[i] = boundary * (2 * rule.nodes[i] - 1);
    rule.weights[i] *= 2 * boundary;
  }
  nodes_ = rule.nodes;
  densities_.clear();
  for (size_t look = 0; look + 1 < sizes_.size(); ++look) {
    std::vector<double> density(kNodes);
    for (size_t i = 0; i < kNodes; ++i) {
      if (look == 0) {
        density[i] = normal_density(nodes_[i]);
      } else {
        const double step = std::sqrt(static_cast<double>(sizes_[look] - sizes_[look - 1]));
        for (size_t j = 0; j < kNodes; ++j) {
          density[i] += densities_[look - 1][j] * root(look) / step *
                        normal_density((nodes_[i] * root(look) - nodes_[j] * root(look - 1)) / step);
        }
      }
    }
    for (size_t i = 0; i < kNodes; ++i) {
      density[i] *= rule.weights[i];
    }
    densities_.push_back(std::move(density));
  }
}

// Probability to come to this look and to exceed z there. The density with drift is that without, times the likelihood
// ratio of the sum.
double SequentialDesign::exceeding(size_t look, double z, double drift) const {
  if (look == 0) {
    return normal_tail(z - drift * root(0));
  }
  const auto before = static_cast<double>(sizes_[look - 1]);
  const double step = std::sqrt(static_cast<double>(sizes_[look]) - before);
  double sum = 0;
  for (size_t j = 0; j < kNodes; ++j) {
    const double total = nodes_[j] * root(look - 1);
    sum += densities_[look - 1][j] * std::exp(drift * total - drift * drift * before / 2) *
           normal_tail((z * root(look) - total) / step - drift * step);
  }
  return sum;
}

double SequentialDesign::crossing_probability(double boundary) {
  fill_densities(boundary);
  double above = 0;
  for (size_t look = 0; look < sizes_.size(); ++look) {
    above += exceeding(look, boundary, 0.0);
  }
  return 2 * above;
}

double SequentialDesign::probability_at_least(size_t look, double z, double drift) const {
  double probability = exceeding(look, z, drift);
  for (size_t earlier = 0; earlier < look; ++earlier) {
    probability += exceeding(earlier, boundary_, drift);
  }
  return probability;
}

// The drift, in standard errors at the look, under which an outcome as high as this one has the probability.
double SequentialDesign::drift_of(size_t look, double z, double probability) const {
  const auto is_below = [&](double value) { return probability_at_least(look, z, value / root(look)) < probability; };
  double width = 1;
  while (!is_below(z - width)) {
    width *= 2;
  }
  double low = z - width;
  for (width = 1; is_below(z + width);) {
    width *= 2;
  }
  double high = z + width;
  for (int halving = 0; halving < 60; ++halving) {
    const double middle = (low + high) / 2;
    (is_below(middle) ? low : high) = middle;
  }
  return (low + high) / 2;
}

StandardInterval SequentialDesign::interval(size_t look, double z) const {
  return {.low = drift_of(look, z, error_rate_ / 2), .high = drift_of(look, z, 1 - error_rate_ / 2)};
}

}  // namespace veil
