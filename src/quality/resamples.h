#pragma once

#include <cstdint>
#include <functional>

#include "base/torch.h"
#include "quality/tick.h"

namespace veil {

/// Groups of n out of 2n pooled images, of which the first n are samples and the others real images, by the number of
/// times that each image is in the group. Row 0: the samples; row 1: the real images; then the two halves of each
/// random division of all 2n; then, for each bootstrap, n samples and n real images drawn with replacement.
class Resamples {
 public:
  /// size: n, at least 1.
  Resamples(int64_t size, int64_t permutations, int64_t bootstraps, uint64_t seed);

  [[nodiscard]] int64_t size() const { return size_; }
  [[nodiscard]] int64_t permutations() const { return permutations_; }
  [[nodiscard]] int64_t bootstraps() const { return bootstraps_; }
  [[nodiscard]] int64_t rows() const { return weights_.size(0); }
  [[nodiscard]] int64_t division_row(int64_t permutation) const { return 2 + 2 * permutation; }
  [[nodiscard]] int64_t bootstrap_row(int64_t bootstrap) const { return 2 + 2 * (permutations_ + bootstrap); }

  /// float [rows(), 2n]; every row adds up to n.
  [[nodiscard]] const torch::Tensor& weights() const { return weights_; }

  /// Values of all groups, double [rows()], from those of a block of them: weights [b, 2n] → [b].
  [[nodiscard]] torch::Tensor map(const std::function<torch::Tensor(const torch::Tensor&)>& values,
                                  const Tick& tick) const;

  /// Mean over each group of a number of each image: [2n] → double [rows()].
  [[nodiscard]] torch::Tensor means(const torch::Tensor& numbers) const;

 private:
  int64_t size_;
  int64_t permutations_;
  int64_t bootstraps_;
  torch::Tensor weights_;
};

}  // namespace veil
