#include "evaluate/scored_report.h"

namespace veil {

EvaluationReport report_of(const PassStatistics& statistics, const Dataset& dataset, const DenoiserOptions& network) {
  const int64_t length = network.shape.length();
  EvaluationReport report;
  report.length = length;
  report.classes = network.classes;
  report.examples = static_cast<int64_t>(statistics.examples.size());
  report.dataset_size = dataset.size();
  report.dataset = dataset.info().name;
  report.split = dataset.info().split;
  report.bits_per_dim = bits_per_dim(statistics.mean, length);
  report.standard_error = bits_per_dim(statistics.standard_error, length);
  report.confidence_low = report.bits_per_dim - 1.96 * report.standard_error;
  report.confidence_high = report.bits_per_dim + 1.96 * report.standard_error;
  for (const double nats : statistics.examples) {
    report.example_bits.push_back(bits_per_dim(nats, length));
  }
  return report;
}

}  // namespace veil
