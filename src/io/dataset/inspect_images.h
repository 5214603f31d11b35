#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "io/dataset/contact_sheet.h"
#include "veil/io/dataset/prepared_images.h"
#include "veil/io/source/image_source.h"

namespace veil::io {

/// What is in one split, of the images that are taken.
struct SplitInspection {
  std::string name;
  int64_t images = 0;
  std::vector<Refusal> refused{};
  std::map<std::string, int64_t> conversions{};
  std::map<std::string, int64_t> shapes{};           ///< "64x64x3" and how many
  std::string size_choices{};                        ///< where shapes differ: what data.size keeps how many, in words
  std::vector<int64_t> per_class{};                  ///< [classes]
  std::vector<double> mean{};                        ///< of each channel, of all pixels; [1 or 3]
  std::vector<double> deviation{};                   ///< standard deviation of each channel
  std::vector<std::array<int64_t, 16>> histogram{};  ///< of each channel: pixels with value in [16 i, 16 i + 16)
  int64_t duplicates = 0;                            ///< images that an earlier one of this split equals
  DroppedDuplicates dropped{};                       ///< where duplicates are dropped
  int64_t held_out = 0;                              ///< of a source without splits: how many are its test split
  std::string holdout_advice{};                      ///< where all are on one side: which data.holdout helps
};

/// What compressors make of a sample of the images, each image alone.
struct CompressorFigures {
  struct Figure {
    std::string name;             ///< "PNG", "WebP lossless", "JPEG XL", as built
    double bits_per_dim = 0.0;    ///< of all images in the sample together
    double standard_error = 0.0;  ///< for all images, of which these are a sample; 0 if they are all
  };
  int64_t images = 0;        ///< in the sample: up to 500, of large ones fewer (compressor_sample.h)
  int64_t largest_side = 0;  ///< of larger images this much of the centre was taken; 0: there was none
  std::vector<Figure> bits_per_dim{};
};

struct Inspection {
  SourceInfo source;
  std::vector<SplitInspection> splits;
  int64_t scored_twice = 0;  ///< different images of the test split that are in train too
  int64_t of_other_class =
      0;  ///< images that equal an earlier one, of any split, and have another label than the first
  CompressorFigures compressors;
  ContactSheet contact;
};

/// Looks at every image of every split. Where options.fit.size is 0 images of different sizes may stand side by side.
/// Memory: 40 bytes an image, whatever its size. progress: images done and all. Throws as PreparedImages does.
[[nodiscard]] Inspection inspect_images(const ImageSource& source, PrepareOptions options,
                                        const ImageProgress& progress = {});

}  // namespace veil::io
