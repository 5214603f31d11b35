#pragma once

#include <torch/types.h>

#include <string>

#include "veil/data/token_shape.h"
#include "veil/io/image/pixels.h"

namespace veil::io {

/// The shape of a picture in colour of such an image.
[[nodiscard]] inline TokenShape in_colour(const TokenShape& shape) { return {shape.height, shape.width, 3}; }

/// Values of the tokens of images, [N, L] on the CPU, as tokens of pictures in colour, int64 [N, H * W * 3]: a pixel
/// has the heat colour of the mean of its channels, of which `white` is white.
[[nodiscard]] torch::Tensor heat_map(const torch::Tensor& values, const TokenShape& shape, double white);

/// Pictures in colour of images of `shape`, int64 [N, H * W * 3], side by side.
[[nodiscard]] Pixels film_grid(const torch::Tensor& pictures, const TokenShape& shape);

/// A PNG file in base64.
[[nodiscard]] std::string encoded_png(const Pixels& image);

}  // namespace veil::io
