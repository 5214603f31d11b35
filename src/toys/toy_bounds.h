#pragma once

#include <vector>

#include "toys/toy_joint.h"
#include "veil/diffusion/mask_schedule.h"

namespace veil {

/// For k = 0..length: the cross-entropy summed over the masked positions, averaged over the tokens of the joint and all
/// masks of size k. Nats. Everything below follows from these sums S_k.
[[nodiscard]] std::vector<double> mean_sums(const ToyJoint& joint, const ToyConditionals& model);

/// The negative ELBO of the model on the joint, sum_k S_k / k, in nats: equation 6 of arXiv 2406.04329, for every
/// schedule.
[[nodiscard]] double exact_bound(const ToyJoint& joint, const ToyConditionals& model);

/// E[S] where every position is masked with probability `masked`.
[[nodiscard]] double mean_sum(const std::vector<double>& sums, double masked);

/// The same bound as the integral over time with the schedule's own weight, by quadrature. Only for schedules with
/// exact ends is it the whole bound.
[[nodiscard]] double time_integral(const MaskSchedule& schedule, const std::vector<double>& sums);

/// g(k) = S_k / k for k = 1..length at index k - 1: the information profile.
[[nodiscard]] std::vector<double> profile_of(const std::vector<double>& sums);

/// The mean over all orders of revealing the tokens one by one of the code length, in nats; length! of them.
[[nodiscard]] double any_order_code_length(const ToyJoint& joint, const ToyConditionals& model);

}  // namespace veil
