#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "veil/io/dataset/prepared_images.h"
#include "veil/io/source/image_source.h"

namespace veil::io {

/// sides: the largest size that an image takes without being enlarged (largest_size), and how many images have it; at
/// least one. In words: "data.size 32 keeps all 734 images, data.size 64 keeps 320, data.size 128 keeps 45".
[[nodiscard]] std::string size_choices(const std::map<int64_t, int64_t>& sides);

/// The same of a source whose images are looked at anew, 2,000 of them at most, which is said. Throws DataError as its
/// streams do.
[[nodiscard]] std::string size_choices(const ImageSource& source, const PrepareOptions& options);

/// draws: PreparedImage::holdout_above of all images that can be used. In words: which data.holdout puts how many of
/// them into the test split, so that both splits have some: "data.holdout 0.2 puts 1 of 10 into the test split, 0.5
/// puts 4"; what to do if none does.
[[nodiscard]] std::string holdout_choices(const std::vector<double>& draws);

}  // namespace veil::io
