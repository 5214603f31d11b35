#pragma once

#include <torch/types.h>

#include <cstdint>

namespace veil::kernels {

/// What follows the normalisation. Undefined tensors leave their step out.
struct NormAffine {
  torch::Tensor gamma;  ///< float32 [C]
  torch::Tensor beta;   ///< float32 [C]
  torch::Tensor scale;  ///< [B, C]: y * (1 + scale) + shift
  torch::Tensor shift;  ///< [B, C]
};

/// swish(group_norm(x) * gamma + beta), then with scale and shift instead: swish(group_norm(x) * (1 + scale) + shift).
/// x: [B, C, H, W], float32 or bfloat16, contiguous or channels-last; the result has its layout. Statistics over the
/// groups of C/groups neighbouring channels and all pixels, population variance. Every normalisation followed by a
/// swish goes through here.
[[nodiscard]] torch::Tensor group_norm_swish(const torch::Tensor& x, int64_t groups, const NormAffine& affine,
                                             double epsilon);

/// The same with ATen operators only: any device, type and layout.
[[nodiscard]] torch::Tensor group_norm_swish_composed(const torch::Tensor& x, int64_t groups, const NormAffine& affine,
                                                      double epsilon);

}  // namespace veil::kernels
