#pragma once

#include <torch/types.h>

#include <cstdint>

namespace veil::kernels {

/// swish(group_norm(x) * weight + bias) for a channels-last image on the CPU, in two passes over the data forward and
/// three backward, without intermediate images.
///   x: [B, C, H, W], float32 or bfloat16, channels-last contiguous; weight, bias: float32 [B, C].
/// Differentiable in all three. An example is worked on by one thread, so results do not depend on their number.
[[nodiscard]] torch::Tensor group_norm_swish_cpu(const torch::Tensor& x, const torch::Tensor& weight,
                                                 const torch::Tensor& bias, int64_t groups, double epsilon);

}  // namespace veil::kernels
