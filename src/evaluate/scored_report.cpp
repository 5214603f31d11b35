#include "evaluate/scored_report.h"

#include <map>
#include <vector>

#include "base/torch.h"

namespace veil {
namespace {

std::vector<ClassFigure> class_figures(const std::vector<double>& bits, const Dataset& dataset,
                                       std::span<const int64_t> indices) {
  const auto labels = dataset.labels();
  if (!labels.defined()) {
    return {};
  }
  std::map<int64_t, std::vector<double>> by_label;
  for (size_t i = 0; i < bits.size(); ++i) {
    by_label[labels.const_data_ptr<int64_t>()[indices[i]]].push_back(bits[i]);
  }
  const auto& names = dataset.info().class_names;
  std::vector<ClassFigure> figures;
  for (const auto& [label, values] : by_label) {
    const auto statistics = pass_statistics(values, 1, 1);
    ClassFigure figure;
    figure.label = label;
    figure.name = names.empty() ? std::string() : names[static_cast<size_t>(label)];
    figure.examples = std::ssize(values);
    figure.bits_per_dim = statistics.mean;
    figure.standard_error = statistics.standard_error;
    figures.push_back(figure);
  }
  return figures;
}

}  // namespace

EvaluationReport report_of(const PassStatistics& statistics, const Dataset& dataset, std::span<const int64_t> indices,
                           const DenoiserOptions& network) {
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
  const double half = interval_half_width(report.standard_error, report.examples);
  report.confidence_low = report.bits_per_dim - half;
  report.confidence_high = report.bits_per_dim + half;
  report.example_indices.assign(indices.begin(), indices.end());
  for (const double nats : statistics.examples) {
    report.example_bits.push_back(bits_per_dim(nats, length));
  }
  report.class_figures = class_figures(report.example_bits, dataset, indices);
  return report;
}

}  // namespace veil
