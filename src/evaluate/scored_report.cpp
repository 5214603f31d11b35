#include "evaluate/scored_report.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <numeric>
#include <utility>
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

void add_profile(std::vector<ProfileBin>& sum, const std::vector<ProfileBin>& profile) {
  for (size_t i = 0; i < sum.size() && i < profile.size(); ++i) {  // bins follow from the length alone
    sum[i].samples += profile[i].samples;
    sum[i].sum += profile[i].sum;
    sum[i].sum_squares += profile[i].sum_squares;
  }
}

// Where each example of two lists lies, by index.
std::vector<std::pair<const EvaluationReport*, size_t>> merged_places(const EvaluationReport& one,
                                                                      const EvaluationReport& other) {
  std::vector<std::pair<const EvaluationReport*, size_t>> places;
  for (const auto* report : {&one, &other}) {
    for (size_t i = 0; i < report->example_indices.size(); ++i) {
      places.emplace_back(report, i);
    }
  }
  std::ranges::sort(places, {}, [](const auto& place) { return place.first->example_indices[place.second]; });
  return places;
}

}  // namespace

PassStatistics statistics_of(std::span<const double> replicate_bits, int64_t replicates, int64_t length) {
  std::vector<double> nats(replicate_bits.begin(), replicate_bits.end());
  for (double& value : nats) {
    value *= std::numbers::ln2 * static_cast<double>(length);
  }
  return pass_statistics(nats, replicates, replicates);
}

void add_mask_noise(EvaluationReport& report, const PassStatistics& statistics) {
  const int64_t length = report.length;
  report.mask_standard_error = bits_per_dim(statistics.mask_standard_error, length);
  report.example_replicate_bits.clear();
  for (const double nats : statistics.replicates) {
    report.example_replicate_bits.push_back(bits_per_dim(nats, length));
  }
  report.example_mask_variances.clear();
  for (const double nats : statistics.mask_variances) {
    report.example_mask_variances.push_back(bits_per_dim(bits_per_dim(nats, length), length));
  }
}

EvaluationReport joined_reports(const EvaluationReport& one, const EvaluationReport& other, const Dataset& dataset,
                                const DenoiserOptions& network) {
  const auto replicates = static_cast<size_t>(one.replicates);
  std::vector<int64_t> indices;
  std::vector<double> bits;
  for (const auto& [report, i] : merged_places(one, other)) {
    indices.push_back(report->example_indices[i]);
    const auto first = report->example_replicate_bits.begin() + static_cast<std::ptrdiff_t>(i * replicates);
    bits.insert(bits.end(), first, first + static_cast<std::ptrdiff_t>(replicates));
  }
  const auto statistics = statistics_of(bits, one.replicates, one.length);
  const EvaluationReport whole = report_of(statistics, dataset, indices, network);
  EvaluationReport report = one;
  report.examples = whole.examples;
  report.bits_per_dim = whole.bits_per_dim;
  report.standard_error = whole.standard_error;
  report.confidence_low = whole.confidence_low;
  report.confidence_high = whole.confidence_high;
  report.example_indices = whole.example_indices;
  report.example_bits = whole.example_bits;
  report.class_figures = whole.class_figures;
  add_mask_noise(report, statistics);
  add_profile(report.profile, other.profile);
  return report;
}

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
  report.data_fingerprint = dataset.info().fingerprint;
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
