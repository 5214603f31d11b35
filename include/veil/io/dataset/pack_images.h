#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "veil/io/dataset/prepared_images.h"
#include "veil/io/source/image_source.h"

namespace veil::io {

struct PackOptions {
  PrepareOptions prepare;
  bool compress = false;  ///< deflate: smaller, and slower to read
  std::string name{};     ///< of the data set; empty: the source's
  std::string origin{};   ///< where the source is from, in words or a path, for the provenance
};

/// What came of it.
struct PackResult {
  std::string name;
  TokenShape shape;
  std::map<std::string, int64_t> images;  ///< by split
  std::vector<Refusal> refused;
  std::map<std::string, int64_t> conversions;
  std::map<std::string, DroppedDuplicates> duplicates;  ///< that were dropped, by split of the source
};

/// Writes all images of a source into one packed HDF5 file, in the order of the source. A source without splits is
/// divided into train and test by content, unless prepare.holdout is 0: then it is the one split "all". Memory: a few
/// hundred images and their labels. Nothing is left at `path` unless all went well; what was there stays. `progress`:
/// images done and all; it may throw to stop. Throws DataError, IoError.
PackResult pack_images(const ImageSource& source, const std::filesystem::path& path, const PackOptions& options,
                       const ImageProgress& progress = {});

}  // namespace veil::io
