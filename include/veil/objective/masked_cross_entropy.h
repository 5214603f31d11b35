#pragma once

#include <torch/types.h>

#include "veil/data/token_batch.h"
#include "veil/diffusion/forward_process.h"
#include "veil/nn/denoiser.h"

namespace veil {

/// -log p(x0 | z) at every masked position of `masked`: float32 [M], nats. One network call; the network computes logits at
/// the masked positions only, in the precision of the surrounding ScopedPrecision; log-softmax is float32.
///   x0: int64 [B, L] on the CPU; noise_level: float32 [B] on the CPU or absent; labels: int64 [B] on the CPU or absent.
/// Copies to `device` what the network needs; does not wait for it.
[[nodiscard]] torch::Tensor masked_cross_entropy(Denoiser& denoiser, const torch::Tensor& x0, const MaskedTokens& masked,
                                                 const std::optional<torch::Tensor>& noise_level,
                                                 const std::optional<torch::Tensor>& labels, torch::Device device);

/// Sums values [M] over the masked positions of each example: [B], dtype of `values`. counts[b] consecutive values belong
/// to example b. The order of addition does not depend on the rest of the batch.
[[nodiscard]] torch::Tensor sum_by_example(const torch::Tensor& values, const std::vector<int64_t>& counts);

}  // namespace veil
