#pragma once

#include <torch/types.h>

namespace veil::kernels {

/// Row i of the result is row order[i] of x. order: int64 [M] on x's device, a permutation; inverse: its inverse. The
/// gradient is a gather too, where that of index_select would be a slower scatter.
[[nodiscard]] torch::Tensor permute_rows(const torch::Tensor& x, const torch::Tensor& order,
                                         const torch::Tensor& inverse);

}  // namespace veil::kernels
