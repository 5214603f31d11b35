#include "sample/reveal_plan.h"

#include <algorithm>
#include <numeric>

#include "veil/base/error.h"
#include "veil/diffusion/count_grid.h"

namespace veil {
namespace {

// 1 - alpha at every time of the grid, never rising. The end counts as 0, so that the last step reveals everything.
std::vector<double> masked_fractions(const MaskSchedule& schedule, const std::vector<double>& times) {
  std::vector<double> fractions;
  fractions.reserve(times.size());
  for (const double t : times) {
    const double fraction = schedule.masked_fraction(t);
    fractions.push_back(fractions.empty() ? fraction : std::min(fractions.back(), fraction));
  }
  fractions.back() = 0.0;
  return fractions;
}

}  // namespace

RevealPlan::RevealPlan(int64_t length, const TokenSchedule& schedule, const SampleOptions& options)
    : counts_(options.counts) {
  if (!counts_.empty()) {
    require(!schedule.is_by_value(),
            "counts are given, but the network has learned powers: how many positions a step "
            "reveals follows from their values");
    check_counts(counts_, length);
    for (const int64_t count : counts_) {
      times_.push_back(schedule.shared().time_of_alpha(1 - static_cast<double>(count) / static_cast<double>(length)));
    }
    return;
  }
  times_ = time_grid(options.grid, options.steps);
  if (!schedule.is_by_value()) {
    fractions_ = masked_fractions(schedule.shared(), times_);
  }
}

std::vector<int64_t> RevealPlan::steps_by_time(const std::vector<double>& uniforms) const {
  std::vector<int64_t> steps;
  steps.reserve(uniforms.size());
  for (const double uniform : uniforms) {
    const double threshold = uniform * fractions_.front();
    const auto end = std::partition_point(fractions_.begin() + 1, fractions_.end() - 1,
                                          [threshold](double fraction) { return fraction > threshold; });
    steps.push_back(end - fractions_.begin() - 1);
  }
  return steps;
}

std::vector<int64_t> RevealPlan::steps_by_count(const std::vector<double>& uniforms) const {
  std::vector<int64_t> order(uniforms.size());  // the last to be revealed first
  std::iota(order.begin(), order.end(), int64_t{0});
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) { return uniforms[a] < uniforms[b]; });
  std::vector<int64_t> steps(uniforms.size());
  for (size_t step = 0; step + 1 < counts_.size(); ++step) {
    for (int64_t rank = counts_[step + 1]; rank < counts_[step]; ++rank) {
      steps[static_cast<size_t>(order[rank])] = static_cast<int64_t>(step);
    }
  }
  return steps;
}

}  // namespace veil
