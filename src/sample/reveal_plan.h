#pragma once

#include <cstdint>
#include <vector>

#include "veil/diffusion/token_schedule.h"
#include "veil/sample/sampler.h"

namespace veil {

/// When every sample's positions are revealed, and at what times. Where values have schedules of their own only the
/// times are planned.
class RevealPlan {
 public:
  /// length: tokens of a sample. Throws InvalidArgument on counts that do not fall from length to 0, or that are given
  /// where values have schedules of their own. Keeps a reference to `options`.
  RevealPlan(int64_t length, const TokenSchedule& schedule, const SampleOptions& options);

  [[nodiscard]] int64_t steps() const { return std::ssize(times_) - 1; }
  [[nodiscard]] double time(int64_t step) const { return times_[static_cast<size_t>(step)]; }

  /// The step that reveals each position of one sample, of which the one with the largest number goes first.
  [[nodiscard]] std::vector<int64_t> steps_of(const std::vector<double>& uniforms) const {
    return counts_.empty() ? steps_by_time(uniforms) : steps_by_count(uniforms);
  }

 private:
  [[nodiscard]] std::vector<int64_t> steps_by_time(const std::vector<double>& uniforms) const;
  [[nodiscard]] std::vector<int64_t> steps_by_count(const std::vector<double>& uniforms) const;

  const std::vector<int64_t>& counts_;
  std::vector<double> times_;
  std::vector<double> fractions_;  // 1 - alpha at each of them, never rising
};

}  // namespace veil
