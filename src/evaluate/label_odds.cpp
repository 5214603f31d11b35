#include "veil/evaluate/label_odds.h"

#include <limits>
#include <numbers>
#include <string>

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
  std::vector<double> own;
  std::vector<double> other;
  for (int64_t label = 0; label < classes; ++label) {
    const auto report =
        evaluate(denoiser, AsOneClass(dataset, label), options, compute, [&](int64_t done, int64_t all) {
          if (progress) {
            progress(label * all + done, classes * all);
          }
        });
    odds.resize(report.example_bits.size());
    own.resize(odds.size());
    other.resize(odds.size(), std::numeric_limits<double>::infinity());
    for (size_t i = 0; i < odds.size(); ++i) {
      odds[i].index = report.example_indices[i];
      odds[i].label = labels.const_data_ptr<int64_t>()[odds[i].index];
      if (odds[i].label == label) {
        own[i] = report.example_bits[i];
      } else if (report.example_bits[i] < other[i]) {
        other[i] = report.example_bits[i];
        odds[i].likeliest = label;
      }
    }
  }
  for (size_t i = 0; i < odds.size(); ++i) {
    odds[i].log_odds = (own[i] - other[i]) * nats_per_bit;
  }
  return odds;
}

}  // namespace veil
