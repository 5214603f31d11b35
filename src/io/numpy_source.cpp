#include <algorithm>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "io/format_sources.h"
#include "io/numpy_reader.h"
#include "io/source_names.h"
#include "io/variant.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kMostLabels = int64_t{1} << 31;
constexpr int64_t kImageNetClasses = 1000;
constexpr int64_t kMaxSide = 16'384;

enum class Order { kPixels, kPlanes };  // [H, W, C] or [C, H, W]

// An array of images in one file.
struct ImageArray {
  fs::path path;
  std::string name;
  int64_t images = 0;
  TokenShape shape;
  Order order = Order::kPixels;
};

struct LabelArray {
  fs::path path;
  std::string name;
  int64_t labels = 0;
};

struct Split {
  std::vector<ImageArray> images;
  std::vector<LabelArray> labels;
};

bool is_color_count(int64_t size) { return size == 1 || size == 3; }

// What the rows of an array are as images, or nullopt if they are none.
std::optional<std::pair<TokenShape, Order>> image_rows(const NumpyArray& array) {
  const auto& sizes = array.header.shape;
  if (sizes.size() == 3 && sizes[2] != 3) {  // [H, W, 3] is one image
    return std::pair{TokenShape{sizes[1], sizes[2], 1}, Order::kPixels};
  }
  if (sizes.size() == 4 && is_color_count(sizes[3])) {
    return std::pair{TokenShape{sizes[1], sizes[2], sizes[3]}, Order::kPixels};
  }
  if (sizes.size() == 4 && is_color_count(sizes[1])) {
    return std::pair{TokenShape{sizes[2], sizes[3], sizes[1]}, Order::kPlanes};
  }
  for (const int64_t side : {8, 16, 32, 64}) {  // the flat rows of the downsampled ImageNet
    if (sizes.size() == 2 && array.name == "data" && sizes[1] == 3 * side * side) {
      return std::pair{TokenShape{side, side, 3}, Order::kPlanes};
    }
  }
  return std::nullopt;
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

std::string where(const fs::path& path, const std::string& name) {
  return name.empty() ? path.string() : concat(path.string(), ": array ", name);
}

std::string shape_text(const std::vector<int64_t>& sizes) {
  std::string text;
  for (const auto size : sizes) {
    text += concat(text.empty() ? "[" : ", ", size);
  }
  return text.empty() ? "[]" : text + "]";
}

ImageArray checked_images(const fs::path& path, const NumpyArray& array) {
  const auto rows = image_rows(array);
  const auto at = where(path, array.name);
  require<DataError>(rows.has_value(), at, ": found shape ", shape_text(array.header.shape),
                     ", want images [N, H, W], [N, H, W, C] or [N, C, H, W] with C = 1 or 3; numpy.reshape makes them");
  require<DataError>(!array.header.fortran, at, ": is stored in Fortran order; save numpy.ascontiguousarray of it");
  const auto& shape = rows->first;
  require<DataError>(shape.height > 0 && shape.width > 0 && shape.height <= kMaxSide && shape.width <= kMaxSide, at,
                     ": found images of ", shape.height, "x", shape.width, ", want sides in 1 .. ", kMaxSide);
  require<DataError>(array.header.shape[0] > 0, at, ": found no images");
  return {path, array.name, array.header.shape[0], shape, rows->second};
}

std::map<std::string, Split> splits_of(const std::vector<fs::path>& files) {
  std::map<std::string, Split> splits;
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
      }
    }
  }
  std::erase_if(splits, [](const auto& split) { return split.second.images.empty(); });
  return splits;
}

// All labels of a split, or none if there is not one array of them for each array of images.
std::vector<int64_t> labels_of(const Split& split) {
  if (split.labels.size() != split.images.size()) {
    return {};
  }
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

// Planes to pixels.
std::vector<uint8_t> interleaved(const std::vector<uint8_t>& planes, const TokenShape& shape) {
  std::vector<uint8_t> pixels(planes.size());
  const auto area = static_cast<size_t>(shape.height * shape.width);
  const auto channels = static_cast<size_t>(shape.channels);
  for (size_t channel = 0; channel < channels; ++channel) {
    for (size_t i = 0; i < area; ++i) {
      pixels[i * channels + channel] = planes[channel * area + i];
    }
  }
  return pixels;
}

class NumpyStreamOfImages : public ImageStream {
 public:
  NumpyStreamOfImages(const Split& split, const std::vector<int64_t>& labels) : split_(split), labels_(labels) {}

  std::optional<SourceImage> next() override {
    while (array_ < split_.images.size() && row_ == split_.images[array_].images) {
      finish_array();
    }
    if (array_ == split_.images.size()) {
      return std::nullopt;
    }
    const auto& array = split_.images[array_];
    if (!stream_) {
      stream_ = open_numpy(array.path, array.name);
    }
    std::vector<uint8_t> bytes(static_cast<size_t>(array.shape.length()));
    require<DataError>(stream_->read(bytes) == bytes.size(), where(array.path, array.name), ": ends in image ", row_,
                       ", want ", array.images, " images");
    SourceImage image{
        .origin = concat(array.path.filename().string(), array.name.empty() ? "" : ":", array.name, "[", row_, "]")};
    image.label = labels_.empty() ? -1 : labels_[static_cast<size_t>(seen_)];
    const auto& shape = array.shape;
    image.pixels = {shape.height, shape.width, shape.channels,
                    array.order == Order::kPlanes ? interleaved(bytes, shape) : std::move(bytes)};
    ++row_;
    ++seen_;
    return image;
  }

 private:
  // Asking for one byte more lets the reader check sums and sizes at the end.
  void finish_array() {
    std::vector<uint8_t> extra(1);
    require<DataError>(!stream_ || stream_->read(extra) == 0,
                       where(split_.images[array_].path, split_.images[array_].name),
                       ": holds more than its header says");
    stream_.reset();
    row_ = 0;
    ++array_;
  }

  const Split& split_;
  const std::vector<int64_t>& labels_;
  std::unique_ptr<NumpyStream> stream_;
  size_t array_ = 0;
  int64_t row_ = 0;
  int64_t seen_ = 0;
};

class NumpySource : public ImageSource {
 public:
  NumpySource(const fs::path& path, const std::vector<fs::path>& files) : splits_(splits_of(files)) {
    require<DataError>(!splits_.empty(), path.string(), ": found no array of images (uint8 of rank 3 or 4)");
    require<DataError>(splits_.size() == 1 || splits_.count("all") == 0, path.string(),
                       ": found arrays of images with and without the name of a split (train, test)");
    info_.format = "NumPy arrays";
    info_.name = custom_name(path);
    for (const auto* name : {"train", "valid", "test", "all"}) {
      const auto found = splits_.find(name);
      if (found != splits_.end()) {
        add(*found);
      }
    }
    number_classes();
    settle_splits(info_.splits);
    if (const auto known = imagenet_npz_name(info_); !known.empty()) {
      info_.name = known;
    }
  }

  const SourceInfo& info() const override { return info_; }

  std::unique_ptr<ImageStream> stream(const std::string& split) const override {
    const auto position = split_position(info_, split);
    return std::make_unique<NumpyStreamOfImages>(splits_.at(keys_[position]), labels_[position]);
  }

 private:
  void add(const std::pair<const std::string, Split>& found) {
    int64_t images = 0;
    for (const auto& array : found.second.images) {
      require<DataError>(!info_.shape || *info_.shape == array.shape, where(array.path, array.name),
                         ": the arrays of images differ in shape");
      info_.shape = array.shape;
      images += array.images;
    }
    info_.splits.push_back({found.first, images});
    keys_.push_back(found.first);
    labels_.push_back(labels_of(found.second));
  }

  // The downsampled ImageNet counts its classes from 1.
  void number_classes() {
    int64_t lowest = 0;
    int64_t highest = -1;
    for (const auto& labels : labels_) {
      if (labels.empty()) {
        labels_.assign(labels_.size(), {});
        return;
      }
      const auto [low, high] = std::minmax_element(labels.begin(), labels.end());
      lowest = highest < 0 ? *low : std::min(lowest, *low);
      highest = std::max(highest, *high);
    }
    const int64_t first = lowest == 1 && highest == kImageNetClasses ? 1 : 0;
    require<DataError>(lowest >= 0, info_.name, ": found a label ", lowest, ", want 0 or more");
    for (auto& labels : labels_) {
      std::for_each(labels.begin(), labels.end(), [&](int64_t& label) { label -= first; });
    }
    info_.classes = highest + 1 - first;
  }

  std::map<std::string, Split> splits_;
  SourceInfo info_;
  std::vector<std::string> keys_;
  std::vector<std::vector<int64_t>> labels_;
};

}  // namespace

std::unique_ptr<ImageSource> open_numpy_files(const fs::path& path, const std::vector<fs::path>& files) {
  return std::make_unique<NumpySource>(path, files);
}

}  // namespace veil::io
