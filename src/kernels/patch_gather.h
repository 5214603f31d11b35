#pragma once

#include <torch/types.h>

namespace veil::kernels {

/// The 3x3 neighbourhoods of some pixels, zero outside of the image: what a 3x3 convolution with padding 1 sees there.
///   features: [B, H, W, f], any float type; pixels: int64 [M] on the CPU, (b * H + y) * W + x, in any order, with
///   repeats.
/// Returns [M, 9 f]: rows of the neighbourhood from above, in each from the left, f numbers a pixel. Differentiable in
/// `features`; on the CPU the result and the gradient do not depend on the number of threads. Indices are not checked.
[[nodiscard]] torch::Tensor patch_gather(const torch::Tensor& features, const torch::Tensor& pixels);

/// The same with ATen operators only: any device and type.
[[nodiscard]] torch::Tensor patch_gather_composed(const torch::Tensor& features, const torch::Tensor& pixels);

}  // namespace veil::kernels
