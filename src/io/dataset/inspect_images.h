#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "veil/io/dataset/prepared_images.h"
#include "veil/io/image/pixels.h"
#include "veil/io/source/image_source.h"

namespace veil::io {

/// What is in one split, of the images that are taken.
struct SplitInspection {
  std::string name;
  int64_t images = 0;
  std::vector<Refusal> refused{};
  std::map<std::string, int64_t> conversions{};
  std::map<std::string, int64_t> shapes{};           ///< "64x64x3" and how many
  std::vector<int64_t> per_class{};                  ///< [classes]
  std::vector<double> mean{};                        ///< of each channel, of all pixels; [1 or 3]
  std::vector<double> deviation{};                   ///< standard deviation of each channel
  std::vector<std::array<int64_t, 16>> histogram{};  ///< of each channel: pixels with value in [16 i, 16 i + 16)
  int64_t duplicates = 0;                            ///< images that an earlier one of this split equals
  DroppedDuplicates dropped{};                       ///< where duplicates are dropped
  int64_t held_out = 0;                              ///< of a source without splits: how many are its test split
};

/// What compressors make of a sample of the images, each image alone.
struct CompressorFigures {
  int64_t images = 0;        ///< in the sample: 500 small ones, at least 32 of any size (or all there are)
  int64_t largest_side = 0;  ///< of larger images this much of the centre was taken; 0: there was none
  std::vector<std::pair<std::string, double>> bits_per_dim{};  ///< of "PNG", "WebP lossless", "JPEG XL", as built
};

struct Inspection {
  SourceInfo source;
  std::vector<SplitInspection> splits;
  int64_t scored_twice = 0;  ///< different images of the test split that are in train too
  int64_t of_other_class =
      0;  ///< images that equal an earlier one, of any split, and have another label than the first
  CompressorFigures compressors;
  std::vector<Pixels> contact;  ///< up to 64 images from all over, in colour, all of one size
};

/// Looks at every image of every split. Where options.fit.size is 0 images of different sizes may stand side by side.
/// Memory: 32 bytes an image, whatever its size. progress: images done and all. Throws as PreparedImages does.
[[nodiscard]] Inspection inspect_images(const ImageSource& source, PrepareOptions options,
                                        const ImageProgress& progress = {});

}  // namespace veil::io
