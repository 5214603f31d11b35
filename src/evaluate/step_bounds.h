#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "veil/base/device.h"
#include "veil/data/dataset.h"
#include "veil/diffusion/mask_schedule.h"
#include "veil/evaluate/evaluator.h"
#include "veil/nn/denoiser.h"

namespace veil {

/// Single passes in the count form: what a profile is made of, kept apart by example so that examples can be drawn
/// again.
struct ProfilePasses {
  int64_t length = 0;           ///< tokens of an example
  int64_t passes = 0;           ///< of each example
  int64_t stratified = 0;       ///< the first so many of these, which are those of evaluate()
  std::vector<int64_t> counts;  ///< k, [examples * passes]
  std::vector<double> nats;     ///< S/k of each, nats per masked token

  [[nodiscard]] int64_t examples() const { return static_cast<int64_t>(counts.size()) / passes; }
};

/// The passes of evaluate() with these options (count form) over the same examples, and kEdgePasses more of each in the
/// bins of least visible tokens, where counts that are equally likely seldom fall, but the first step of every sampler
/// does: uniform in a bin, the bins in turn. Throws as evaluate() does, and InvalidArgument for a network with learned
/// powers.
inline constexpr int64_t kEdgePasses = 4;
[[nodiscard]] ProfilePasses profile_passes(Denoiser& denoiser, const Dataset& dataset, const EvaluationOptions& options,
                                           const Compute& compute = {}, const EvaluationProgress& progress = {});

/// The bins of the examples at these places, each as often as it is named. What an example has more than others in its
/// other passes is taken off a pass, as far as a regression over the examples says that it helps (a control variate of
/// mean 0): examples differ much more than counts do, and a bin would show which examples fell into it.
[[nodiscard]] std::vector<ProfileBin> profile_bins(const ProfilePasses& passes, std::span<const int64_t> examples);

/// All places in order.
[[nodiscard]] std::vector<int64_t> all_examples(const ProfilePasses& passes);

/// Places of `examples` examples drawn anew with replacement, the same for a seed and round: a bootstrap.
[[nodiscard]] std::vector<int64_t> drawn_again(int64_t examples, uint64_t seed, int64_t round);

/// Figures that are sums over k of weight(k) g(k), g being the information profile of some examples: bounds in finitely
/// many steps (discrete_bound_weights), costs of count grids, the continuous bound (all weights 1).
struct ProfileFigures {
  std::vector<double> values;                ///< of the examples as they are
  std::vector<std::vector<double>> redrawn;  ///< [rounds][figures]: of the examples of drawn_again(…, seed, round)

  /// Standard error of a figure, and of the difference of two, from the spread over rounds.
  [[nodiscard]] double error(size_t figure) const;
  [[nodiscard]] double error_of_difference(size_t figure, size_t other) const;
};

/// Of the examples of `passes` at these places. weights: [figures][length]. Costs rounds times the making of a profile
/// and figures * length operations.
[[nodiscard]] ProfileFigures profile_figures(const ProfilePasses& passes, std::span<const int64_t> examples,
                                             const std::vector<std::vector<double>>& weights, int64_t rounds,
                                             uint64_t seed);

/// The weights with which count_grid_bound is such a sum.
[[nodiscard]] std::vector<double> count_grid_weights(std::span<const int64_t> counts);

/// Nats that the ends of a schedule add to a bound in finitely many steps, 0 where they are exact.
[[nodiscard]] double end_nats(const MaskSchedule& schedule, int64_t length, int64_t vocab_size);

/// The bound in T steps (discrete_bound.h) by direct Monte Carlo, which knows nothing of a profile: for each of the
/// examples that evaluate() scores under options.limit one unbiased figure in nats, the mean of options.passes passes.
/// A pass draws a step, stratified over the passes of the example, masks each position at the step's earlier time t and
/// is worth T (alpha_s - alpha_t) / (1 - alpha_t) * S; the ends are not included. Noise as for evaluate(), so all
/// schedules and grids are measured with common random numbers. The network is told k/n, or t.
[[nodiscard]] std::vector<double> direct_step_bounds(Denoiser& denoiser, const Dataset& dataset,
                                                     const MaskSchedule& schedule, std::span<const double> times,
                                                     const EvaluationOptions& options, const Compute& compute = {},
                                                     const EvaluationProgress& progress = {});

}  // namespace veil
