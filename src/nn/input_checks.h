#pragma once

#include <torch/types.h>

#include "veil/nn/denoiser.h"

namespace veil {

/// Throws InvalidArgument unless z, noise levels and labels have the shapes and types that the network takes, and are
/// there exactly if it has a use for them.
void check_input(const DenoiserOptions& options, const DenoiserInput& input);

/// Throws InvalidArgument unless positions are int64 [M] on the CPU, in [0, end).
void check_positions(const torch::Tensor& positions, int64_t end);

}  // namespace veil
