#include "veil/evaluate/exact_order.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <utility>

#include "evaluate/dataset_check.h"
#include "evaluate/pass_queue.h"
#include "evaluate/profile.h"
#include "evaluate/scored_report.h"
#include "evaluate/statistics.h"
#include "nn/network_input.h"
#include "veil/base/error.h"
#include "veil/data/split_part.h"
#include "veil/nn/evaluation_mode.h"

namespace veil {
namespace {

// The positions of each group, ascending.
std::vector<torch::Tensor> groups_of(const RevealOptions& options, const TokenShape& shape) {
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

// The passes over one example: a group is scored while it and all later ones are masked.
class GroupPasses {
 public:
  GroupPasses(const DenoiserOptions& network, const MaskScheduleOptions& schedule, std::vector<torch::Tensor> groups)
      : network_(network), schedule_(schedule), groups_(std::move(groups)) {}

  [[nodiscard]] int64_t count() const { return static_cast<int64_t>(groups_.size()); }

  // Calls `tell` with the passes that are done, in all, after each network call.
  void add_to(PassQueue& queue, const TokenBatch& batch, int64_t row, int64_t example,
              const std::function<void(int64_t)>& tell) const {
    const PassRow start = row_of(batch, row);
    const auto& x0 = start.x0;
    auto z = torch::full_like(x0, network_.vocab_size);
    int64_t masked = x0.numel();
    for (size_t j = 0; j < groups_.size(); ++j) {
      PassRow pass = start;
      pass.index = example * count() + static_cast<int64_t>(j);
      pass.masked = {.z = z, .positions = groups_[j], .counts = {groups_[j].numel()}};
      pass.hidden = masked;
      pass.level = told_level(network_.condition, schedule_, masked, x0.numel());
      if (queue.add(std::move(pass))) {
        tell(example * count() + static_cast<int64_t>(j) + 1);
      }
      z = z.index_copy(1, groups_[j], x0.index_select(1, groups_[j]));
      masked -= groups_[j].numel();
    }
  }

 private:
  const DenoiserOptions& network_;
  MaskSchedule schedule_;
  std::vector<torch::Tensor> groups_;
};

// Nats of every example; fills the profile.
std::vector<double> code_lengths(Denoiser& denoiser, const Dataset& dataset, std::span<const int64_t> indices,
                                 const GroupPasses& groups, const EvaluationOptions& options, torch::Device device,
                                 Profile& profile, const EvaluationProgress& progress) {
  std::vector<double> nats(indices.size(), 0.0);
  const auto take = [&](const PassRow& row, double nats_per_token, std::span<const double> /*parts*/) {
    const auto place = static_cast<size_t>(row.index / groups.count());
    if (!std::isfinite(nats_per_token)) {
      throw NumericalError(
          concat("example ", indices[place], ", group ", row.index % groups.count(), ": the loss is ", nats_per_token),
          indices[place]);
    }
    nats[place] += nats_per_token * static_cast<double>(row.masked.counts.front());
    profile.add(row.hidden, nats_per_token);
  };
  const auto tell = [&](int64_t passes) {
    if (progress) {
      progress(passes / groups.count(), std::ssize(indices));
    }
  };
  PassQueue queue(denoiser, options.rows_per_call, device, take, PassMeasure::kCodeLength);
  for_each_batch_of(dataset, indices, options.batch_size, [&](const TokenBatch& batch, int64_t first) {
    for (int64_t row = 0; row < batch.size(); ++row) {
      groups.add_to(queue, batch, row, first + row, tell);
    }
  });
  if (queue.flush()) {
    tell(std::ssize(indices) * groups.count());
  }
  return nats;
}

}  // namespace

EvaluationReport exact_order_likelihood(Denoiser& denoiser, const Dataset& dataset, const RevealOptions& order,
                                        const EvaluationOptions& options, const Compute& compute,
                                        const EvaluationProgress& progress) {
  check_options(options);
  return exact_order_likelihood(denoiser, dataset, part_of_split(dataset, options.limit), order, options, compute,
                                progress);
}

EvaluationReport exact_order_likelihood(Denoiser& denoiser, const Dataset& dataset, std::span<const int64_t> indices,
                                        const RevealOptions& order, const EvaluationOptions& options,
                                        const Compute& compute, const EvaluationProgress& progress) {
  check_options(options);
  check_dataset(denoiser.options(), dataset);
  check_indices(indices);
  const GroupPasses groups(denoiser.options(), options.schedule, groups_of(order, denoiser.options().shape));
  const EvaluationMode evaluation_mode(denoiser);
  const ScopedPrecision scoped_precision(compute);
  Profile profile(denoiser.options().shape.length());
  const auto statistics = pass_statistics(
      code_lengths(denoiser, dataset, indices, groups, options, compute.device, profile, progress), 1, 1);

  EvaluationReport report = report_of(statistics, dataset, indices, denoiser.options());
  report.passes = groups.count();
  report.replicates = 1;
  report.estimator = concat("exact-order ", reveal_order_name(order), ", ", groups.count(), " groups");
  report.seed = order.order_seed;
  report.limit = options.limit;
  report.profile = profile.bins();
  return report;
}

}  // namespace veil
