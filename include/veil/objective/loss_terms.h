#pragma once

#include <torch/types.h>

#include <cstdint>

namespace veil {

/// The parts of the negative ELBO of each example, in nats, float32 [B] (float64 where an evaluator asks for it):
/// total = -log p(x0) or more. Equation 4 of arXiv 2406.04329.
struct LossTerms {
  torch::Tensor reconstruction;  ///< -log p(x0 | z_0)
  torch::Tensor prior;           ///< KL of q(z_1 | x0) from the all-mask prior
  torch::Tensor diffusion;       ///< the integral (or sum) over time

  [[nodiscard]] torch::Tensor total() const { return reconstruction + prior + diffusion; }
};

/// nats of a whole example of `length` tokens → bits per token (per dimension, for images).
[[nodiscard]] double bits_per_dim(double nats, int64_t length);

}  // namespace veil
