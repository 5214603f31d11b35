#pragma once

#include <functional>

#include "base/torch.h"
#include "quality/resamples.h"

namespace veil {

/// Numbers that an image has: uint8 [B, H, W, C] → float [B, D, M], M numbers of each of D kinds.
using ImageNumbers = std::function<torch::Tensor(const torch::Tensor&)>;

/// Equally spaced values to which numbers are rounded, for each of D kinds; what lies outside goes to the ends.
struct Bins {
  torch::Tensor low;    ///< float [D]: the first value
  torch::Tensor width;  ///< float [D]: from one to the next, above 0
  int64_t count = 256;
};

/// The same bins for each kind.
[[nodiscard]] Bins equal_bins(int64_t kinds, double low, double width, int64_t count);

/// `count` bins over what the numbers of these images span, at most `deviations` standard deviations to each side of
/// the mean.
[[nodiscard]] Bins fitted_bins(const torch::Tensor& images, const ImageNumbers& numbers, double deviations,
                               int64_t count);

/// How often each image has each value: [N, D, bins.count], uint8 where counts fit, else int32.
[[nodiscard]] torch::Tensor histograms(const torch::Tensor& images, const ImageNumbers& numbers, const Bins& bins);

/// The distribution of the numbers of all images together: double [D, bins.count], rows adding up to 1.
[[nodiscard]] torch::Tensor joint_histogram(const torch::Tensor& images, const ImageNumbers& numbers, const Bins& bins);

/// The 1-Wasserstein distance on a line between distributions over equally spaced values, the area between their
/// distribution functions: double [..., D, K] and [D, K], each row adding up to 1; width [D] → [..., D].
[[nodiscard]] torch::Tensor binned_wasserstein(const torch::Tensor& p, const torch::Tensor& q,
                                               const torch::Tensor& width);

/// The mean over kinds of the distance between the numbers of each group of images and those of a reference: double
/// [resamples.rows()]. counts: of the pooled images, as histograms() gives them.
[[nodiscard]] torch::Tensor group_wasserstein(const torch::Tensor& counts, const torch::Tensor& reference,
                                              const Bins& bins, const Resamples& resamples, const Tick& tick);

}  // namespace veil
