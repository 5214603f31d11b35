#pragma once

#include <functional>

#include "base/torch.h"
#include "quality/resamples.h"

namespace veil {

/// Similarity of each of a rows with each of b: float [a, F], [b, F] → float [a, b].
using Kernel = std::function<torch::Tensor(const torch::Tensor&, const torch::Tensor&)>;

/// (x . y / F + 1)^3, the kernel of the Kernel Inception Distance (Binkowski et al. 2018).
[[nodiscard]] Kernel cubic_kernel();

/// The mean of the Gaussian kernels exp(-|x - y|^2 / (2 s^2)) for s the median distance of two rows of `reference` (of
/// up to 500 of them) and a half and a quarter of it.
[[nodiscard]] Kernel gaussian_kernel(const torch::Tensor& reference);

/// The squared maximum mean discrepancy (Gretton et al. 2012) of each group of pooled images to a reference, by the
/// unbiased estimator, which leaves out pairs of an image with itself: double [resamples.rows()]. May be below 0.
/// pooled: float [2n, F]; reference: float [m, F]; n, m >= 2.
[[nodiscard]] torch::Tensor kernel_distances(const torch::Tensor& pooled, const torch::Tensor& reference,
                                             const Kernel& kernel, const Resamples& resamples, const Tick& tick);

}  // namespace veil
