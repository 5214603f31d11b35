#include "veil/objective/discrete_time.h"

#include <algorithm>
#include <functional>

#include "objective/time_terms.h"
#include "veil/base/error.h"

namespace veil {
namespace {

void check(const Denoiser& denoiser, const std::vector<double>& times) {
  require(denoiser.powers() == nullptr, "the network has learned powers, which have no bound in discrete steps here");
  require(times.size() >= 2, "a bound in discrete steps has ", times.size(), " times, want at least 2");
  require(times.front() <= 1 && times.back() >= 0, "times go from ", times.front(), " to ", times.back(),
          ", want them in [0, 1]");
  // Not (a > b) rather than a <= b, so that a NaN is found.
  const auto bad = std::adjacent_find(times.begin(), times.end(), std::not_fn(std::greater<>()));
  require(bad == times.end(), "times hold ", bad == times.end() ? 0 : *bad, " before ",
          bad == times.end() ? 0 : *(bad + 1), ", want them strictly falling");
}

}  // namespace

LossTerms discrete_time_loss(Denoiser& denoiser, const TokenBatch& batch, const DiscreteTimeOptions& options,
                             const NoiseContext& noise, torch::Device device) {
  check(denoiser, options.times);
  const MaskSchedule schedule(options.schedule);
  const auto count = static_cast<int64_t>(options.times.size()) - 1;
  const auto levels =
      low_discrepancy_times(noise_key(noise, NoisePurpose::kTrainLevel), noise.first, batch.size(), noise.global_size);
  std::vector<int64_t> steps;
  TimeDraw draw;
  for (const double u : levels) {
    steps.push_back(step_of_level(u, count));
    draw.times.push_back(options.times[steps.back()]);
  }
  draw.masked = mask_at_times(batch, draw.times, schedule, denoiser.options().vocab_size, noise);
  draw.weights = discrete_weights(schedule, options.times, steps);
  return time_terms(denoiser, batch, draw, schedule, device);
}

}  // namespace veil
