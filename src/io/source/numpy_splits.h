#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "veil/data/token_shape.h"
#include "veil/io/source/image_source.h"

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

/// What NumPy files hold.
struct NumpyContents {
  std::map<std::string, NumpySplit> splits;  ///< every one has images
  std::vector<LeftOut> left_out;             ///< arrays that are neither images nor labels, or not the chosen ones
};

/// The arrays of images and labels in NumPy files, by the split that their names or those of their files say ("all" if
/// none does). Where some are called images (x, images, data) or labels (y, labels), others are left out; so are arrays
/// of other numbers, of texts and of objects. Throws DataError for images and labels that cannot be used: values that
/// are not uint8 in a split without other images, labels that are no integers, labels of a split without images.
[[nodiscard]] NumpyContents numpy_contents(const std::vector<std::filesystem::path>& files);

/// All labels of a split, or none if it has no array of them. Throws DataError if they are not one for each image.
[[nodiscard]] std::vector<int64_t> read_labels(const NumpySplit& split);

/// File and array, for messages.
[[nodiscard]] std::string where(const std::filesystem::path& path, const std::string& name);

/// The same in short, without the folder: "data.npz:x_train".
[[nodiscard]] std::string short_name(const std::filesystem::path& path, const std::string& name);

}  // namespace veil::io
