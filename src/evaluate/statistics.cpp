#include "evaluate/statistics.h"

#include <cmath>
#include <limits>
#include <numeric>

namespace veil {
namespace {

// Differences to the first value are added, so that equal values have exactly their own mean and no variance.
double mean_of(std::span<const double> values) {
  double sum = 0;
  for (const double value : values) {
    sum += value - values.front();
  }
  return values.front() + sum / static_cast<double>(values.size());
}

// Sample variance; NaN for a single value.
double variance_of(std::span<const double> values, double mean) {
  if (values.size() < 2) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  double sum = 0;
  for (const double value : values) {
    sum += (value - mean) * (value - mean);
  }
  return sum / static_cast<double>(values.size() - 1);
}

}  // namespace

PassStatistics pass_statistics(std::span<const double> values, int64_t passes, int64_t replicates) {
  const auto size = values.size() / static_cast<size_t>(passes);
  const auto per_replicate = static_cast<size_t>(passes / replicates);
  PassStatistics statistics;
  std::vector<double> replicate_means(static_cast<size_t>(replicates));
  for (size_t i = 0; i < size; ++i) {
    for (size_t r = 0; r < replicate_means.size(); ++r) {
      replicate_means[r] = mean_of(values.subspan((i * replicate_means.size() + r) * per_replicate, per_replicate));
    }
    statistics.examples.push_back(mean_of(replicate_means));
    statistics.mask_variances.push_back(variance_of(replicate_means, statistics.examples.back()) /
                                        static_cast<double>(replicates));
  }
  statistics.mean = mean_of(statistics.examples);
  statistics.standard_error = std::sqrt(variance_of(statistics.examples, statistics.mean) / static_cast<double>(size));
  const auto& variances = statistics.mask_variances;
  statistics.mask_standard_error =
      std::sqrt(std::accumulate(variances.begin(), variances.end(), 0.0)) / static_cast<double>(size);
  return statistics;
}

}  // namespace veil
