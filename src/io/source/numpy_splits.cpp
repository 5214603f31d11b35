#include "io/source/numpy_splits.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/words.h"
#include "io/format/numpy_reader.h"
#include "io/source/left_out.h"
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

// What an array is called: a .npy file has the only name.
std::string name_of(const fs::path& path, const std::string& array) {
  return lower_case(array.empty() ? path.stem().string() : array);
}

// "y", "y_train", "labels", "train_label"
bool is_named_label(const std::string& name) {
  return name == "y" || name.starts_with("y_") || name.ends_with("_y") || name.find("label") != std::string::npos;
}

// "x", "x_train", "images", "train_data"
bool is_named_image(const std::string& name) {
  return name == "x" || name.starts_with("x_") || name.ends_with("_x") || name.starts_with("data") ||
         name.ends_with("data") || name == "arr_0" || name.find("image") != std::string::npos;
}

bool is_label_array(const NumpyArray& array) {
  const auto& sizes = array.header.shape;
  const auto& type = array.header.type;
  const bool is_integer = type.size() == 3 && (type[1] == 'i' || type[1] == 'u');
  return is_integer && (sizes.size() == 1 || (sizes.size() == 2 && sizes[1] == 1)) && array.name != "mean";
}

// "x_train" of data.npz and "data" of val_data.npz name their split, and data_batch_1 beside others is of CIFAR-10;
// what does not is "all".
std::string split_of_array(const fs::path& path, const std::string& name, bool is_alone) {
  const auto stem = path.stem().string();
  const auto own = split_of_name(name);
  const auto split = own.empty() ? split_of_name(stem) : own;
  return !split.empty() ? split : !is_alone && stem.starts_with("data_batch_") ? "train" : "all";
}

// Of an array whose rows are images.
ImageArray checked_images(const fs::path& path, const NumpyArray& array) {
  const auto rows = image_rows(array);
  const auto at = where(path, array.name);
  require<DataError>(!array.header.fortran, at, ": is stored in Fortran order; save numpy.ascontiguousarray of it");
  const auto& shape = rows->first;
  require<DataError>(shape.height > 0 && shape.width > 0 && shape.height <= kMaxSide && shape.width <= kMaxSide, at,
                     ": found images of ", shape.height, "x", shape.width, ", want sides in 1 .. ", kMaxSide);
  require<DataError>(array.header.shape[0] > 0, at, ": found no images");
  return {path, array.name, array.header.shape[0], shape, rows->second};
}

// An array that would be images but for something, which is an error only where its split has no others.
struct Spoilt {
  std::string split;
  std::string kind;
  std::string name;
  std::string error;
};

class Sorter {
 public:
  explicit Sorter(const std::vector<fs::path>& files) {
    for (const auto& path : files) {
      for (const auto& array : numpy_arrays(path)) {
        add(path, array, split_of_array(path, array.name, files.size() == 1));
      }
    }
  }

  NumpyContents result() {
    for (auto& [name, split] : contents_.splits) {
      choose_images(split);
      choose_labels(split);
      require_images(name, split);
    }
    std::erase_if(contents_.splits, [](const auto& split) { return split.second.images.empty(); });
    for (const auto& each : spoilt_) {
      const bool is_missed =
          contents_.splits.empty() || (each.split != "all" && !contents_.splits.contains(each.split));
      require<DataError>(!is_missed, each.error);
      leave_out(contents_.left_out, each.kind, each.name);
    }
    return std::move(contents_);
  }

 private:
  void add(const fs::path& path, const NumpyArray& array, const std::string& split) {
    const auto& header = array.header;
    const auto at = where(path, array.name);
    const auto rank = header.shape.size();
    if (is_label_array(array) && header.unusable.empty()) {
      contents_.splits[split].labels.push_back({path, array.name, header.shape[0]});
    } else if (is_named_label(name_of(path, array.name)) && rank > 0) {
      const auto found = concat("found labels of type ", header.type, " and shape ", bracketed(header.shape),
                                ", want integers [N]; numpy.argmax or astype make them, another name leaves them out");
      throw DataError(concat(at, ": ", header.unusable.empty() ? found : header.unusable));
    } else if (!header.unusable.empty()) {
      spoil(path, array, split, "arrays of texts, objects or records", header.unusable);
    } else if (header.type != "|u1" && rank >= 3) {
      spoil(path, array, split, "arrays of numbers other than uint8",
            concat("found values of type ", header.type,
                   ", want uint8 (|u1) for images; .astype('uint8') makes them of "
                   "numbers in 0 .. 255, (255 * a).round().astype('uint8') of fractions in 0 .. 1"));
    } else if (header.type == "|u1" && rank >= 2) {
      add_images(path, array, split);
    } else {
      leave_out(contents_.left_out, "arrays that are no images", short_name(path, array.name));
    }
  }

  void add_images(const fs::path& path, const NumpyArray& array, const std::string& split) {
    if (image_rows(array)) {
      contents_.splits[split].images.push_back(checked_images(path, array));
    } else {
      spoil(path, array, split, "arrays that are no images",
            concat("found shape ", bracketed(array.header.shape),
                   ", want images [N, H, W], [N, H, W, C] or [N, C, H, W] with C = 1 or 3; numpy.reshape makes them"));
    }
  }

  void spoil(const fs::path& path, const NumpyArray& array, const std::string& split, const std::string& kind,
             const std::string& error) {
    spoilt_.push_back({split, kind, short_name(path, array.name), concat(where(path, array.name), ": ", error)});
  }

  template <typename Array, typename IsChosen>
  void choose(std::vector<Array>& arrays, const IsChosen& is_chosen, const char* kind) {
    const auto chosen = [&](const Array& array) { return is_chosen(name_of(array.path, array.name)); };
    if (std::any_of(arrays.begin(), arrays.end(), chosen)) {
      for (const auto& array : arrays) {
        if (!chosen(array)) {
          leave_out(contents_.left_out, kind, short_name(array.path, array.name));
        }
      }
      std::erase_if(arrays, [&](const Array& array) { return !chosen(array); });
    }
  }

  void choose_images(NumpySplit& split) { choose(split.images, is_named_image, "arrays not called images"); }

  // Other columns of integers (identifiers, sizes) are not taken for labels where some have such a name, nor the coarse
  // ones of CIFAR-100 where there are finer ones.
  void choose_labels(NumpySplit& split) {
    choose(split.labels, is_named_label, "arrays not called labels");
    choose(
        split.labels, [](const std::string& name) { return name.starts_with("fine_label"); }, "arrays of other labels");
  }

  // Nothing takes labels with it in silence.
  static void require_images(const std::string& name, const NumpySplit& split) {
    if (split.images.empty() && !split.labels.empty()) {
      const auto& first = split.labels.front();
      require<DataError>(!is_named_label(name_of(first.path, first.name)), where(first.path, first.name),
                         ": found labels, but no images of the split '", name, "'; y_train are the labels of x_train");
    }
  }

  NumpyContents contents_;
  std::vector<Spoilt> spoilt_;
};

}  // namespace

std::string where(const fs::path& path, const std::string& name) {
  return name.empty() ? path.string() : concat(path.string(), ": array ", name);
}

std::string short_name(const fs::path& path, const std::string& name) {
  return concat(path.filename().string(), name.empty() ? "" : ":", name);
}

NumpyContents numpy_contents(const std::vector<fs::path>& files) { return Sorter(files).result(); }

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
