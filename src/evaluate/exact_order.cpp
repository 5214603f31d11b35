#include "veil/evaluate/exact_order.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "evaluate/dataset_check.h"
#include "evaluate/pass_queue.h"
#include "evaluate/profile.h"
#include "evaluate/scored_report.h"
#include "evaluate/statistics.h"
#include "veil/base/error.h"
#include "veil/nn/evaluation_mode.h"

namespace veil {
namespace {

// The positions of each group, ascending.
std::vector<torch::Tensor> groups_of(const ExactOrderOptions& options, const TokenShape& shape) {
  auto order = reveal_order(options, shape);
  std::vector<torch::Tensor> groups;
  auto next = order.begin();
  for (const int64_t size : reveal_group_sizes(options, shape.length())) {
    std::sort(next, next + size);
    groups.push_back(torch::tensor(std::vector<int64_t>(next, next + size), torch::kInt64));
    next += size;
  }
  return groups;
}

// Adds one pass for each group to the queue: the group is scored, it and all later ones are masked.
void add_example(const TokenBatch& batch, int64_t row, int64_t example, const std::vector<torch::Tensor>& groups,
                 int64_t mask_id, PassQueue& queue) {
  const auto x0 = batch.tokens.narrow(0, row, 1).contiguous();
  auto z = torch::full_like(x0, mask_id);
  int64_t masked = x0.numel();
  for (size_t j = 0; j < groups.size(); ++j) {
    PassRow pass;
    pass.index = example * static_cast<int64_t>(groups.size()) + static_cast<int64_t>(j);
    pass.x0 = x0;
    pass.masked = {.z = z, .positions = groups[j], .counts = {groups[j].numel()}};
    pass.hidden = masked;
    pass.label = batch.labels ? batch.labels->const_data_ptr<int64_t>()[row] : 0;
    queue.add(std::move(pass));
    z = z.index_copy(1, groups[j], x0.index_select(1, groups[j]));
    masked -= groups[j].numel();
  }
}

// Nats of every example; fills the profile.
std::vector<double> code_lengths(Denoiser& denoiser, const Dataset& dataset, const std::vector<torch::Tensor>& groups,
                                 const EvaluationOptions& options, torch::Device device, Profile& profile,
                                 const EvaluationProgress& progress) {
  const int64_t examples = scored_examples(dataset, options);
  const auto passes = static_cast<int64_t>(groups.size());
  std::vector<double> nats(static_cast<size_t>(examples), 0.0);
  const auto take = [&](const PassRow& row, double nats_per_token, std::span<const double> /*parts*/) {
    const int64_t example = row.index / passes;
    if (!std::isfinite(nats_per_token)) {
      throw NumericalError(
          concat("example ", example, ", group ", row.index % passes, ": the loss is ", nats_per_token), example);
    }
    nats[static_cast<size_t>(example)] += nats_per_token * static_cast<double>(row.masked.counts.front());
    profile.add(row.hidden, nats_per_token);
  };
  EvaluationOptions by_count = options;
  by_count.form = ObjectiveForm::kCount;  // the network is told k/n or its time
  PassQueue queue(denoiser, by_count, device, take, PassMeasure::kCodeLength);
  for_each_scored_batch(dataset, options, [&](const TokenBatch& batch, int64_t first) {
    for (int64_t row = 0; row < batch.size(); ++row) {
      add_example(batch, row, first + row, groups, denoiser.options().vocab_size, queue);
      if (progress) {
        progress(first + row + 1, examples);
      }
    }
  });
  queue.flush();
  return nats;
}

}  // namespace

EvaluationReport exact_order_likelihood(Denoiser& denoiser, const Dataset& dataset, const ExactOrderOptions& order,
                                        const EvaluationOptions& options, torch::Device device, Precision precision,
                                        const EvaluationProgress& progress) {
  check_dataset(denoiser.options(), dataset, options);
  const auto groups = groups_of(order, denoiser.options().shape);
  const EvaluationMode evaluation_mode(denoiser);
  const ScopedPrecision scoped_precision(precision, device);
  const int64_t length = denoiser.options().shape.length();
  Profile profile(length);
  const auto statistics =
      pass_statistics(code_lengths(denoiser, dataset, groups, options, device, profile, progress), 1, 1);

  EvaluationReport report = report_of(statistics, dataset, denoiser.options());
  report.passes = static_cast<int64_t>(groups.size());
  report.replicates = 1;
  report.estimator = concat("exact-order ", exact_order_name(order), ", ", groups.size(), " groups");
  report.seed = order.order_seed;
  report.profile = profile.bins();
  return report;
}

}  // namespace veil
