#pragma once

#include <torch/types.h>

#include <vector>

#include "toys/toy_joint.h"
#include "veil/sample/sampler.h"

namespace veil {

/// The exact law of ancestral sampling with these steps, grid and schedule over the states of the joint, by
/// enumeration: in each step every masked position is revealed with probability (alpha_s - alpha_t) / (1 - alpha_t), in
/// the last one with probability 1, and takes a value from the model's conditional.
[[nodiscard]] std::vector<double> ancestral_law(const ToyJoint& joint, const ToyConditionals& model,
                                                const SampleOptions& options);

/// The exact law of revealing one token after the other, every order being equally likely: the limit of many steps.
[[nodiscard]] std::vector<double> one_at_a_time_law(const ToyJoint& joint, const ToyConditionals& model);

/// KL(p || q) in nats.
[[nodiscard]] double divergence(const std::vector<double>& p, const std::vector<double>& q);

/// Half the sum of |p - q|.
[[nodiscard]] double total_variation(const std::vector<double>& p, const std::vector<double>& q);

/// Pearson's statistic of samples (int64 [N, length]) against a law over the states of the joint, in standard
/// deviations from its mean. States expected less than 5 times are taken together. 1e9 if a state of probability 0 was
/// seen.
[[nodiscard]] double chi_square_score(const torch::Tensor& samples, const ToyJoint& joint,
                                      const std::vector<double>& law);

}  // namespace veil
