#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "veil/io/image/pixels.h"

namespace veil::io {

/// What a lossless compressor needs for some images, in bits for each value of a pixel.
struct CompressorBits {
  std::string name;          ///< compressor_name
  std::vector<double> each;  ///< of each image as a file of its own, in their order
  double together = 0.0;     ///< of all as one picture, in which headers weigh little; NaN if it would be too large
};

/// Of every compressor that this build has (compressed_size.h), for one image or more of one shape. One picture holds
/// them row by row, without gaps and without an empty place: as near to a square as their number can be divided. Uses
/// all cores; progress: images done and all, for each compressor's one picture as many again, on the calling thread.
/// Throws InvalidArgument as compressed_size does, and where there is no image or shapes differ.
[[nodiscard]] std::vector<CompressorBits> compressor_bits(const std::vector<Pixels>& images,
                                                          const std::function<void(int64_t, int64_t)>& progress = {});

/// The images in one picture, as above. Exposed for tests.
[[nodiscard]] Pixels mosaic_of(const std::vector<Pixels>& images);

}  // namespace veil::io
