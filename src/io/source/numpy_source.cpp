#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "io/format/numpy_reader.h"
#include "io/image/planes.h"
#include "io/source/class_numbers.h"
#include "io/source/format_sources.h"
#include "io/source/left_out.h"
#include "io/source/numpy_splits.h"
#include "io/source/source_names.h"
#include "io/source/variant.h"
#include "veil/base/error.h"
#include "veil/data/dataset_info.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kImageNetClasses = 1000;

class NumpyStreamOfImages : public ImageStream {
 public:
  NumpyStreamOfImages(const NumpySplit& split, const std::vector<int64_t>& labels) : split_(split), labels_(labels) {}

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
                    array.order == PixelOrder::kPlanes ? pixels_of_planes(bytes, shape.channels) : std::move(bytes)};
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

  const NumpySplit& split_;
  const std::vector<int64_t>& labels_;
  std::unique_ptr<NumpyStream> stream_;
  size_t array_ = 0;
  int64_t row_ = 0;
  int64_t seen_ = 0;
};

class NumpySource : public ImageSource {
 public:
  NumpySource(const fs::path& path, const std::vector<fs::path>& files) {
    auto contents = numpy_contents(files);
    splits_ = std::move(contents.splits);
    info_.left_out = std::move(contents.left_out);
    require<DataError>(!splits_.empty(), path.string(), ": found no array of images (uint8 of rank 3 or 4)",
                       info_.left_out.empty() ? "" : "; what is there: ", left_out_text(info_.left_out));
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
    use_valid_as_test(info_.splits);
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
  void add(const std::pair<const std::string, NumpySplit>& found) {
    int64_t images = 0;
    for (const auto& array : found.second.images) {
      require<DataError>(!info_.shape || *info_.shape == array.shape, where(array.path, array.name),
                         ": the arrays of images differ in shape");
      info_.shape = array.shape;
      images += array.images;
    }
    info_.splits.push_back({found.first, images});
    keys_.push_back(found.first);
    labels_.push_back(read_labels(found.second));
    describe(found.first, found.second);
  }

  // "data.npz:x_train is train, data.npz:y_train its labels"
  void describe(const std::string& name, const NumpySplit& split) {
    const auto named = [](const auto& arrays) {
      const auto& first = arrays.front();
      return concat(short_name(first.path, first.name),
                    arrays.size() > 1 ? concat(" and ", arrays.size() - 1, " more") : "");
    };
    info_.layout += concat(info_.layout.empty() ? "" : "; ", named(split.images),
                           split.images.size() > 1 ? " are " : " is ", name == "all" ? "the images" : name,
                           split.labels.empty() ? "" : concat(", ", named(split.labels), " the labels"));
  }

  void number_classes() {
    const auto without = std::count_if(labels_.begin(), labels_.end(), [](const auto& each) { return each.empty(); });
    require<DataError>(without == 0 || without == std::ssize(labels_), info_.name, ": found labels for ",
                       std::ssize(labels_) - without, " of ", labels_.size(), " splits, want them for all or none");
    if (without > 0) {
      return;
    }
    auto numbers = numbers_of(occurring());
    for (auto& labels : labels_) {
      std::for_each(labels.begin(), labels.end(), [&](int64_t& label) { label -= numbers.first; });
    }
    info_.classes = numbers.classes;
    info_.class_names = std::move(numbers.names);
    if (!numbers.remark.empty()) {
      info_.remarks.push_back(std::move(numbers.remark));
    }
  }

  // The downsampled ImageNet counts its classes from 1, of which a part may lack some.
  static ClassNumbers numbers_of(const std::vector<bool>& occurs) {
    const bool is_imagenet = std::ssize(occurs) == kImageNetClasses + 1 && !occurs[0] && occurs[1];
    return is_imagenet ? ClassNumbers{.first = 1, .classes = kImageNetClasses} : class_numbers(occurs);
  }

  // Of each label, whether an image of any split has it.
  std::vector<bool> occurring() const {
    int64_t lowest = 0;
    int64_t highest = -1;
    for (const auto& labels : labels_) {
      const auto [low, high] = std::minmax_element(labels.begin(), labels.end());
      lowest = highest < 0 ? *low : std::min(lowest, *low);
      highest = std::max(highest, *high);
    }
    require<DataError>(lowest >= 0 && highest <= kMaxClasses, info_.name, ": found labels from ", lowest, " to ",
                       highest, ", want classes numbered from 0, at most ", kMaxClasses, " of them");
    std::vector<bool> occurs(static_cast<size_t>(highest) + 1);
    for (const auto& labels : labels_) {
      for (const auto label : labels) {
        occurs[static_cast<size_t>(label)] = true;
      }
    }
    return occurs;
  }

  std::map<std::string, NumpySplit> splits_;
  SourceInfo info_;
  std::vector<std::string> keys_;
  std::vector<std::vector<int64_t>> labels_;
};

}  // namespace

int64_t images_in_numpy_files(const std::vector<fs::path>& files) {
  int64_t images = 0;
  try {
    for (const auto& [name, split] : numpy_contents(files).splits) {
      for (const auto& array : split.images) {
        images += array.images;
      }
    }
  } catch (const DataError&) {
    return 0;  // no rival of what can be read
  }
  return images;
}

std::unique_ptr<ImageSource> open_numpy_files(const fs::path& path, const std::vector<fs::path>& files) {
  return std::make_unique<NumpySource>(path, files);
}

}  // namespace veil::io
