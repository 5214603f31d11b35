#pragma once

#include <span>
#include <vector>

#include "veil/diffusion/mask_schedule.h"

namespace veil {

/// The negative ELBO in finitely many steps, in nats, from an information profile: the curve of "bits per dimension
/// against the number of steps" for every schedule and grid at once, without another network call.
///   profile: g(k) for k = 1..n at index k - 1, the mean cross-entropy per masked position when k are masked, nats;
///   times: T + 1 >= 2 of them in [0, 1], strictly falling, as time_grid gives them.
/// L_T = sum over steps s <- t of (alpha_s - alpha_t) / (1 - alpha_t) * sum_k Binomial(k; n, 1 - alpha_t) k g(k).
///
/// The sum over all k of g(k), to which it tends, is the continuous bound; where g never falls, as for a consistent
/// model, L_T is at least that. Exact to rounding. The network must not be told more than the masks (no
/// Condition::kTime): g knows only counts. The ends of a clipped schedule are not included. Costs T * n operations.
/// Throws InvalidArgument if the profile is empty or the times are not as said. Source: equation 4 of arXiv 2406.04329.
[[nodiscard]] double discrete_bound(std::span<const double> profile, const MaskSchedule& schedule,
                                    std::span<const double> times);

/// The a(k), k = 1..length at index k - 1, with which discrete_bound is the sum over k of a(k) g(k): for many profiles
/// under one schedule. Throws and costs as discrete_bound does.
[[nodiscard]] std::vector<double> discrete_bound_weights(int64_t length, const MaskSchedule& schedule,
                                                         std::span<const double> times);

/// How often a sampler of these times calls the network for one example of `length` tokens in the mean, if it makes no
/// call for a step that reveals nothing: sum over steps of 1 - (1 - d)^length, d being the part of all tokens that the
/// step reveals, 1 - alpha at its beginning less that at its end. What is masked at the last time counts as revealed
/// there, as the sampler does it. For B examples in one call take B * length. Throws InvalidArgument if the times are
/// not as said.
[[nodiscard]] double expected_network_calls(const MaskSchedule& schedule, std::span<const double> times,
                                            int64_t length);

/// Binomial probabilities of 0..trials successes. success and failure: probabilities that sum to 1, each without
/// cancellation. Exact to a relative error of about 1e-13 where they are above 1e-300.
[[nodiscard]] std::vector<double> binomial_distribution(int64_t trials, double success, double failure);

}  // namespace veil
