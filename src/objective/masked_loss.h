#pragma once

#include <torch/types.h>

#include <optional>
#include <span>

#include "veil/diffusion/forward_process.h"
#include "veil/nn/denoiser.h"

namespace veil {

/// -log p(x0 | z) at every masked position of `masked`: [M], nats. One network call; the network computes logits at the
/// masked positions only, in the precision of the surrounding ScopedPrecision. Log-softmax and result are float32, or
/// float64 where gradients are off: float32 would round ln 256 by 2e-8 bits, always the same way.
///   x0: int64 [B, L] on the CPU; levels and labels as for network_input (nn/network_input.h).
/// Copies to `device` what the network needs; does not wait for it.
[[nodiscard]] torch::Tensor masked_cross_entropy(Denoiser& denoiser, const torch::Tensor& x0,
                                                 const MaskedTokens& masked, std::span<const double> levels,
                                                 const std::optional<torch::Tensor>& labels, torch::Device device);

/// The same call for values with schedules of their own (GenMD4): w_x (-log p(x0 | z) - 1) + sum over v of w_v p(v | z)
/// at every masked position, [M]; t times the rate at which the bound grows. It is w -log p where all powers are equal.
///   powers: w, [V], on `device`, differentiable. Source: section 6 of arXiv 2406.04329.
[[nodiscard]] torch::Tensor masked_jump_loss(Denoiser& denoiser, const torch::Tensor& x0, const MaskedTokens& masked,
                                             std::span<const double> levels, const std::optional<torch::Tensor>& labels,
                                             const torch::Tensor& powers, torch::Device device);

/// The loss whose weight TokenSchedule::loss_weight is: the jump loss of a network with learned powers, else the
/// cross-entropy.
[[nodiscard]] torch::Tensor masked_loss(Denoiser& denoiser, const torch::Tensor& x0, const MaskedTokens& masked,
                                        std::span<const double> levels, const std::optional<torch::Tensor>& labels,
                                        torch::Device device);

/// Sums `values` [M], which belong to the flat `positions` b*length + i (int64 [M], any device), over each of `batch`
/// examples: [batch], dtype and device of `values`, differentiable. The order of addition within an example does not
/// depend on the others.
[[nodiscard]] torch::Tensor sum_by_example(const torch::Tensor& values, const torch::Tensor& positions, int64_t batch,
                                           int64_t length);

}  // namespace veil
