#pragma once

#include <torch/types.h>

#include <cstdint>

#include "veil/data/token_shape.h"
#include "veil/io/image/pixels.h"

namespace veil::io {

struct ImageGridOptions {
  int64_t columns = 0;       ///< images in a row; 0: as many as make the whole nearly square
  int64_t rows = 0;          ///< above 0: images go down the columns instead, this many in each; `columns` follows
  int64_t scale = 1;         ///< each pixel becomes scale x scale; 0: the least that makes the longer side 64 or more
  int64_t gap = 2;           ///< pixels between images, after scaling; none around the whole
  uint8_t background = 255;  ///< grey value of gaps and unused places
  int64_t vocab_size = 256;  ///< >= 2; other than 256: values are spread evenly over 0 .. 255
};

/// The images side by side, row by row from the top left (with `rows`: column by column), as one image.
///   tokens: an integer type, [N, L], N >= 1, on the CPU, values in [0, vocab_size); L = shape.length(); C is 1 or 3.
/// Throws InvalidArgument if a shape, a value or an option is out of range.
[[nodiscard]] Pixels image_grid(const torch::Tensor& tokens, const TokenShape& shape,
                                const ImageGridOptions& options = {});

/// tokens as above → uint8 [N, H, W, C], for PNG and NumPy files.
[[nodiscard]] torch::Tensor tokens_to_images(const torch::Tensor& tokens, const TokenShape& shape,
                                             int64_t vocab_size = 256);

/// One of them, uint8 [H, W, C] on the CPU, as pixels. Throws InvalidArgument for other types and ranks.
[[nodiscard]] Pixels pixels_of(const torch::Tensor& image);

}  // namespace veil::io
