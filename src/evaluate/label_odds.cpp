#include "veil/evaluate/label_odds.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "base/statistics.h"
#include "base/torch.h"
#include "evaluate/dataset_check.h"
#include "veil/base/error.h"

namespace veil {
namespace {

// The same examples, all of one class for the network. What is a part of them follows from the labels that they have.
class AsOneClass : public Dataset {
 public:
  AsOneClass(const Dataset& dataset, int64_t label) : dataset_(dataset), label_(label) {}

  const DatasetInfo& info() const override { return dataset_.info(); }
  int64_t size() const override { return dataset_.size(); }
  torch::Tensor labels() const override { return dataset_.labels(); }
  std::string name(int64_t index) const override { return dataset_.name(index); }
  TokenBatch get(std::span<const int64_t> indices) const override {
    auto batch = dataset_.get(indices);
    batch.labels = torch::full({batch.size()}, label_, torch::kInt64);
    return batch;
  }

 private:
  const Dataset& dataset_;
  int64_t label_;
};

// Of the mean of paired differences; NaN for one.
double paired_error(std::span<const double> a, std::span<const double> b) {
  std::vector<double> differences(a.begin(), a.end());
  std::ranges::transform(differences, b, differences.begin(), std::minus());
  return std::sqrt(variance_of(differences) / static_cast<double>(differences.size()));
}

// What the examples cost under a label each, in bits per dimension.
struct Costs {
  std::vector<double> bits;
  std::vector<double> replicates;

  void take(const EvaluationReport& report, size_t example) {
    bits[example] = report.example_bits[example];
    const auto per_example = replicates.size() / bits.size();
    const auto first = static_cast<int64_t>(example * per_example);
    std::copy_n(report.example_replicate_bits.begin() + first, per_example, replicates.begin() + first);
  }

  void resize(const EvaluationReport& report) {
    bits.resize(report.example_bits.size(), std::numeric_limits<double>::infinity());
    replicates.resize(report.example_replicate_bits.size());
  }

  [[nodiscard]] std::span<const double> replicates_of(size_t example) const {
    const auto per_example = replicates.size() / bits.size();
    return std::span(replicates).subspan(example * per_example, per_example);
  }
};

}  // namespace

std::vector<LabelOdds> label_odds(Denoiser& denoiser, const Dataset& dataset, const EvaluationOptions& options,
                                  const Compute& compute, const EvaluationProgress& progress) {
  const int64_t classes = denoiser.options().classes;
  require(classes >= 2, "the network is told ", classes,
          " classes, want one that is told which of 2 or more there are");
  check_dataset(denoiser.options(), dataset);
  const auto labels = dataset.labels();
  const auto nats_per_bit = std::numbers::ln2 * static_cast<double>(denoiser.options().shape.length());
  std::vector<LabelOdds> odds;
  Costs own;
  Costs other;
  for (int64_t label = 0; label < classes; ++label) {
    const auto report =
        evaluate(denoiser, AsOneClass(dataset, label), options, compute, [&](int64_t done, int64_t all) {
          if (progress) {
            progress(label * all + done, classes * all);
          }
        });
    odds.resize(report.example_bits.size());
    own.resize(report);
    other.resize(report);
    for (size_t i = 0; i < odds.size(); ++i) {
      odds[i].index = report.example_indices[i];
      odds[i].label = labels.const_data_ptr<int64_t>()[odds[i].index];
      if (odds[i].label == label) {
        own.take(report, i);
      } else if (report.example_bits[i] < other.bits[i]) {
        other.take(report, i);
        odds[i].likeliest = label;
      }
    }
  }
  for (size_t i = 0; i < odds.size(); ++i) {
    odds[i].log_odds = (own.bits[i] - other.bits[i]) * nats_per_bit;
    odds[i].standard_error = paired_error(own.replicates_of(i), other.replicates_of(i)) * nats_per_bit;
  }
  return odds;
}

}  // namespace veil
