#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "veil/io/dataset/prepared_images.h"
#include "veil/io/image/fit_image.h"
#include "veil/io/source/image_source.h"

namespace veil::io {

/// What became of one image.
struct Outcome {
  PreparedImage image;
  std::vector<std::string> conversions;
  std::string refusal;       ///< empty: taken
  int64_t largest_size = 0;  ///< of an image that is only too small (Refusal::largest_size)
  bool was_grey = false;
};

/// Adds images of a stream to `block` until it has 256, or 64 MiB, or the stream ends.
void read_block(ImageStream& stream, std::vector<SourceImage>& block);

/// Prepares images from the front until none is left or what was made of them fills a block, and takes those away. The
/// results lie as their images lay, so the number of cores changes nothing but where a block ends. `held_out`: the
/// share of images that their content marks as held out.
[[nodiscard]] std::vector<Outcome> prepare_some(std::vector<SourceImage>& images, const FitOptions& fit,
                                                double held_out);

/// Grey (1) or colour (3), for image files of which nothing is asked: what the first 64 of them are. 0 for formats that
/// say what their images are, and where none can be read.
[[nodiscard]] int64_t channels_of_first(const ImageSource& source);

}  // namespace veil::io
