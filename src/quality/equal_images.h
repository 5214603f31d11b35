#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "base/torch.h"
#include "quality/figure.h"
#include "quality/resamples.h"

namespace veil {

/// Images by their content: finds equal ones among all images that it was given.
class ImageIndex {
 public:
  /// images: uint8, one a row whatever its shape; kept.
  explicit ImageIndex(const torch::Tensor& images);

  /// For each image of the index, the number of its content: equal images have the same, in [0, size).
  [[nodiscard]] const std::vector<int64_t>& contents() const { return contents_; }

  /// The number of the content of another image of the same size, or -1.
  [[nodiscard]] int64_t content_of(const uint8_t* image) const;

 private:
  torch::Tensor images_;
  std::vector<int64_t> contents_;
  std::unordered_multimap<uint64_t, int64_t> first_;  // hash → the first image of that content
};

/// Groups of two and more equal numbers, as ascending indices, the largest group first.
[[nodiscard]] std::vector<std::vector<int64_t>> equal_groups(const std::vector<int64_t>& contents);

/// The share of images that equal another one of their group. contents: of the 2n pooled images.
[[nodiscard]] QualityFigure duplicates_figure(const std::vector<int64_t>& contents, const Resamples& resamples);

}  // namespace veil
