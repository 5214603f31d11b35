#include "evaluate/statistics.h"

#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace veil {
namespace {

constexpr int64_t kMostSummed = 1000;  // degrees of freedom
constexpr int64_t kNormalFrom = 1000;  // examples

// Probability that a variable of Student's distribution is at most sqrt(degrees) * tan(angle) in size: a finite sum.
double student_probability(double angle, int64_t degrees) {
  const double squared_cosine = std::cos(angle) * std::cos(angle);
  const bool is_odd = degrees % 2 == 1;
  double term = is_odd ? std::cos(angle) : 1.0;
  double sum = 0;
  for (int64_t i = is_odd ? 3 : 2; i <= degrees; i += 2) {
    sum += term;
    term *= squared_cosine * static_cast<double>(i - 1) / static_cast<double>(i);
  }
  return is_odd ? 2 / std::numbers::pi * (angle + std::sin(angle) * sum) : std::sin(angle) * sum;
}

// The quantile as a series in 1 / degrees, about that of the normal distribution.
double expanded_student_quantile(double degrees, double inside) {
  const double x = normal_quantile((1 - inside) / 2);
  const double first = (std::pow(x, 3) + x) / 4;
  const double second = (5 * std::pow(x, 5) + 16 * std::pow(x, 3) + 3 * x) / 96;
  return x + first / degrees + second / (degrees * degrees);
}

}  // namespace

double interval_quantile(int64_t examples) { return examples < kNormalFrom ? student_quantile(examples - 1) : 1.96; }

double student_quantile(int64_t degrees_of_freedom, double inside) {
  if (degrees_of_freedom < 1) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (degrees_of_freedom > kMostSummed) {
    return expanded_student_quantile(static_cast<double>(degrees_of_freedom), inside);
  }
  double low = 0;
  double high = std::numbers::pi / 2;
  for (int halving = 0; halving < 60; ++halving) {
    const double middle = (low + high) / 2;
    (student_probability(middle, degrees_of_freedom) < inside ? low : high) = middle;
  }
  return std::sqrt(static_cast<double>(degrees_of_freedom)) * std::tan(low);
}

PassStatistics pass_statistics(std::span<const double> values, int64_t passes, int64_t replicates) {
  const auto size = values.size() / static_cast<size_t>(passes);
  const auto per_replicate = static_cast<size_t>(passes / replicates);
  PassStatistics statistics;
  std::vector<double> replicate_means(static_cast<size_t>(replicates));
  for (size_t i = 0; i < size; ++i) {
    for (size_t r = 0; r < replicate_means.size(); ++r) {
      replicate_means[r] = mean_of(values.subspan((i * replicate_means.size() + r) * per_replicate, per_replicate));
    }
    statistics.replicates.insert(statistics.replicates.end(), replicate_means.begin(), replicate_means.end());
    statistics.examples.push_back(mean_of(replicate_means));
    statistics.mask_variances.push_back(variance_of(replicate_means) / static_cast<double>(replicates));
  }
  statistics.mean = mean_of(statistics.examples);
  statistics.standard_error = error_of_mean(statistics.examples);
  const auto& variances = statistics.mask_variances;
  statistics.mask_standard_error =
      std::sqrt(std::accumulate(variances.begin(), variances.end(), 0.0)) / static_cast<double>(size);
  return statistics;
}

double interval_half_width(double standard_error, int64_t values) { return interval_quantile(values) * standard_error; }

}  // namespace veil
