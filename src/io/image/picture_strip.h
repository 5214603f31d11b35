#pragma once

#include <torch/types.h>

#include <cstddef>
#include <vector>

#include "veil/data/dataset_info.h"
#include "veil/io/image/pixels.h"

namespace veil::io {

/// Tokens of images in which vocab_size is the mask, int64 [N, L] on the CPU, as tokens of pictures in colour, int64
/// [N, H * W * 3], values in [0, 256). What is masked is slate blue; a masked channel of a pixel that is not masked as
/// a whole is half of the brightest.
[[nodiscard]] torch::Tensor with_visible_masks(const torch::Tensor& tokens, const DatasetInfo& data);

/// Up to `wanted` evenly spaced of `count` places, the first and the last among them.
[[nodiscard]] std::vector<size_t> evenly_spread(size_t count, size_t wanted);

/// Several states of some pictures as one image: a row for each of up to four, of large ones for fewer; a column for
/// each of up to nine states, evenly spaced. pictures: a state each, int64 [N, L], N >= 1, of equal N; shape: in
/// colour.
[[nodiscard]] Pixels picture_strip(const std::vector<torch::Tensor>& pictures, const TokenShape& shape);

}  // namespace veil::io
