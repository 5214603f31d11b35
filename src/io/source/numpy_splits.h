#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "veil/data/token_shape.h"

namespace veil::io {

enum class PixelOrder { kPixels, kPlanes };  ///< [H, W, C] or [C, H, W]

/// An array of images in one file.
struct ImageArray {
  std::filesystem::path path;
  std::string name;
  int64_t images = 0;
  TokenShape shape;
  PixelOrder order = PixelOrder::kPixels;
};

struct LabelArray {
  std::filesystem::path path;
  std::string name;
  int64_t labels = 0;
};

struct NumpySplit {
  std::vector<ImageArray> images;
  std::vector<LabelArray> labels;
};

/// The arrays of images and labels in NumPy files, by the split that their names or those of their files say ("all" if
/// none does). Every split has images. Throws DataError for what is neither, and for labels that cannot be used.
[[nodiscard]] std::map<std::string, NumpySplit> numpy_splits(const std::vector<std::filesystem::path>& files);

/// All labels of a split, or none if it has no array of them. Throws DataError if they are not one for each image.
[[nodiscard]] std::vector<int64_t> read_labels(const NumpySplit& split);

/// File and array, for messages.
[[nodiscard]] std::string where(const std::filesystem::path& path, const std::string& name);

}  // namespace veil::io
