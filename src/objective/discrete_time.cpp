#include "veil/objective/discrete_time.h"

#include <algorithm>
#include <cmath>

#include "objective/bound.h"
#include "objective/discrete_steps.h"
#include "veil/diffusion/time_grid.h"

namespace veil {

int64_t step_of_level(double level, int64_t count) {
  const auto part = static_cast<int64_t>(std::floor(level * static_cast<double>(count)));
  return count - 1 - std::clamp(part, int64_t{0}, count - 1);
}

double step_weight(const TokenSchedule& schedule, std::span<const double> times, int64_t step) {
  return static_cast<double>(times.size() - 1) * schedule.shared().unmask_probability(times[step + 1], times[step]);
}

LossTerms discrete_time_loss(Denoiser& denoiser, const TokenBatch& batch, const DiscreteTimeOptions& options,
                             const NoiseContext& noise, torch::Device device) {
  check_times(options.times);
  const Bound bound(denoiser, {.form = ObjectiveForm::kTime, .schedule = options.schedule});
  const auto count = static_cast<int64_t>(options.times.size()) - 1;
  const auto levels =
      low_discrepancy_levels(noise_key(noise, NoisePurpose::kTrainLevel), noise.first, batch.size(), noise.global_size);
  std::vector<double> times;
  std::vector<double> weights;
  for (const double level : levels) {
    const int64_t step = step_of_level(level, count);
    times.push_back(options.times[static_cast<size_t>(step)]);
    weights.push_back(step_weight(bound.schedule(), options.times, step));
  }
  auto pass = bound.pass_at_times(batch.tokens, batch.example_ids, times, noise_key(noise, NoisePurpose::kTrainMask));
  for (size_t b = 0; b < weights.size(); ++b) {
    pass.weights[b] = pass.masked.counts[b] > 0 ? weights[b] : 0.0;
  }
  return loss_terms(denoiser, batch, pass, bound.ends(), device);
}

}  // namespace veil
