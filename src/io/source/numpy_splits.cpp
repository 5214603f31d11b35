#include "io/source/numpy_splits.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/words.h"
#include "io/format/numpy_reader.h"
#include "io/source/source_names.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMostLabels = int64_t{1} << 31;
constexpr int64_t kMaxSide = 16'384;

bool is_color_count(int64_t size) { return size == 1 || size == 3; }

// What the rows of an array are as images, or nullopt if they are none.
std::optional<std::pair<TokenShape, PixelOrder>> image_rows(const NumpyArray& array) {
  const auto& sizes = array.header.shape;
  if (sizes.size() == 3 && sizes[2] != 3) {  // [H, W, 3] is one image
    return std::pair{TokenShape{sizes[1], sizes[2], 1}, PixelOrder::kPixels};
  }
  if (sizes.size() == 4 && is_color_count(sizes[3])) {
    return std::pair{TokenShape{sizes[1], sizes[2], sizes[3]}, PixelOrder::kPixels};
  }
  if (sizes.size() == 4 && is_color_count(sizes[1])) {
    return std::pair{TokenShape{sizes[2], sizes[3], sizes[1]}, PixelOrder::kPlanes};
  }
  for (const int64_t side : {8, 16, 32, 64}) {  // the flat rows of the downsampled ImageNet
    if (sizes.size() == 2 && array.name == "data" && sizes[1] == 3 * side * side) {
      return std::pair{TokenShape{side, side, 3}, PixelOrder::kPlanes};
    }
  }
  return std::nullopt;
}

// "y", "y_train", "labels", "train_label"
bool is_named_label(const std::string& name) {
  return name == "y" || name.starts_with("y_") || name.ends_with("_y") || name.find("label") != std::string::npos;
}

bool is_label_array(const NumpyArray& array) {
  const auto& sizes = array.header.shape;
  const auto& type = array.header.type;
  const bool is_integer = type.size() == 3 && (type[1] == 'i' || type[1] == 'u');
  return is_integer && (sizes.size() == 1 || (sizes.size() == 2 && sizes[1] == 1)) && array.name != "mean";
}

// "x_train" of data.npz and "data" of val_data.npz name their split; what does not is "all".
std::string split_of_array(const fs::path& path, const std::string& name) {
  const auto own = split_of_name(name);
  const auto split = own.empty() ? split_of_name(path.stem().string()) : own;
  return split.empty() ? "all" : split;
}

ImageArray checked_images(const fs::path& path, const NumpyArray& array) {
  const auto rows = image_rows(array);
  const auto at = where(path, array.name);
  require<DataError>(rows.has_value(), at, ": found shape ", bracketed(array.header.shape),
                     ", want images [N, H, W], [N, H, W, C] or [N, C, H, W] with C = 1 or 3; numpy.reshape makes them");
  require<DataError>(!array.header.fortran, at, ": is stored in Fortran order; save numpy.ascontiguousarray of it");
  const auto& shape = rows->first;
  require<DataError>(shape.height > 0 && shape.width > 0 && shape.height <= kMaxSide && shape.width <= kMaxSide, at,
                     ": found images of ", shape.height, "x", shape.width, ", want sides in 1 .. ", kMaxSide);
  require<DataError>(array.header.shape[0] > 0, at, ": found no images");
  return {path, array.name, array.header.shape[0], shape, rows->second};
}

std::map<std::string, NumpySplit> splits_of(const std::vector<fs::path>& files) {
  std::map<std::string, NumpySplit> splits;
  for (const auto& path : files) {
    for (const auto& array : numpy_arrays(path)) {
      auto& split = splits[split_of_array(path, array.name)];
      if (array.header.type == "|u1" && array.header.shape.size() >= 2 && !is_label_array(array)) {
        split.images.push_back(checked_images(path, array));
      } else if (is_label_array(array)) {
        split.labels.push_back({path, array.name, array.header.shape[0]});
      } else {
        require<DataError>(array.header.shape.size() < 3, where(path, array.name), ": found values of type ",
                           array.header.type, ", want uint8 (|u1) for images");
        require<DataError>(!is_named_label(array.name), where(path, array.name), ": found labels of type ",
                           array.header.type, " and shape ", bracketed(array.header.shape),
                           ", want integers [N]; numpy.argmax or astype make them, another name leaves them out");
      }
    }
  }
  return splits;
}

// Other columns of integers (identifiers, sizes) are not taken for labels where some have such a name.
void choose_labels(NumpySplit& split) {
  const auto is_named = [](const LabelArray& array) { return is_named_label(array.name); };
  if (std::any_of(split.labels.begin(), split.labels.end(), is_named)) {
    std::erase_if(split.labels, [&](const auto& array) { return !is_named(array); });
  }
}

// What is no split of images goes, unless it would take labels with it in silence.
void keep_splits_of_images(std::map<std::string, NumpySplit>& splits) {
  for (auto& [name, split] : splits) {
    choose_labels(split);
    if (split.images.empty() && !split.labels.empty() && is_named_label(split.labels.front().name)) {
      throw DataError(concat(where(split.labels.front().path, split.labels.front().name),
                             ": found labels, but no images of the split '", name,
                             "'; y_train are the labels of x_train"));
    }
  }
  std::erase_if(splits, [](const auto& split) { return split.second.images.empty(); });
}

}  // namespace

std::string where(const fs::path& path, const std::string& name) {
  return name.empty() ? path.string() : concat(path.string(), ": array ", name);
}

std::map<std::string, NumpySplit> numpy_splits(const std::vector<fs::path>& files) {
  auto splits = splits_of(files);
  keep_splits_of_images(splits);
  return splits;
}

std::vector<int64_t> read_labels(const NumpySplit& split) {
  if (split.labels.empty()) {
    return {};
  }
  require<DataError>(split.labels.size() == split.images.size(), split.labels.front().path.string(), ": found ",
                     split.labels.size(), " arrays of labels and ", split.images.size(),
                     " of images in one split, want one for each");
  std::vector<int64_t> labels;
  for (size_t i = 0; i < split.labels.size(); ++i) {
    const auto& array = split.labels[i];
    require<DataError>(array.labels == split.images[i].images, where(array.path, array.name), ": found ", array.labels,
                       " labels, want ", split.images[i].images, ", one for each image");
    const auto part = read_integers(array.path, array.name, kMostLabels);
    labels.insert(labels.end(), part.begin(), part.end());
  }
  return labels;
}

}  // namespace veil::io
