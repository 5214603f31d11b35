#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "base/words.h"
#include "io/file/digest.h"
#include "io/format/idx_file.h"
#include "io/source/folder_listing.h"
#include "io/source/format_sources.h"
#include "io/source/source_names.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kFashionClasses = 10;
constexpr TokenShape kFashionShape{28, 28, 1};
constexpr const char* kFormat = "IDX";

// SHA-256 of the unpacked pixels of known image files.
const std::map<std::string, std::string>& known_images() {
  static const std::map<std::string, std::string> names{
      {"2929ae1c7b89e0ee6587bbe4911fd5f0a5dafe21ae6ed9b737173cbfe20c12c9", "fashion-mnist"},
      {"c867c93ff95360594e8ec3287995350b824dd110b11595c0e13d5423f621867a", "fashion-mnist"},
      {"2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012", "fashion-mnist-full"}};
  return names;
}

const std::vector<std::string>& fashion_names() {
  static const std::vector<std::string> names{"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                                              "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  return names;
}

std::vector<std::string> prefixes_of(const std::string& split, const std::string& content) {
  return split == "train" ? std::vector<std::string>{"train-" + content}
                          : std::vector<std::string>{"t10k-" + content, "test-" + content};
}

std::vector<int64_t> image_sizes(const fs::path& path) {
  auto sizes = IdxFile(path).sizes();
  require<DataError>(sizes.size() == 3 || sizes.size() == 4, path.string(), ": found IDX values of shape ",
                     bracketed(sizes), ", want images [N, H, W] or [N, H, W, C]");
  return sizes;
}

TokenShape shape_of(const std::vector<int64_t>& sizes) {
  return {sizes[1], sizes[2], sizes.size() == 4 ? sizes[3] : 1};
}

std::vector<uint8_t> read_labels(const fs::path& path) {
  IdxFile file(path);
  require<DataError>(file.sizes().size() == 1, path.string(), ": found IDX values of shape ", bracketed(file.sizes()),
                     ", want labels [N]");
  return file.read_rest();
}

std::string sha256_of_values(const fs::path& path) {
  IdxFile file(path);
  Sha256 digest;
  std::vector<uint8_t> block(size_t{1} << 16);
  for (auto found = file.read(block); found > 0; found = file.read(block)) {
    digest.add(std::span(block).first(found));
  }
  return digest.hexadecimal();
}

std::string recognized(const fs::path& images, const TokenShape& shape, const fs::path& whole) {
  if (shape == kFashionShape) {
    const auto found = known_images().find(sha256_of_values(images));
    if (found != known_images().end()) {
      return found->second;
    }
  }
  return custom_name(whole);
}

// A split in two files. Labels are a byte each, and all in memory.
struct IdxSplit {
  fs::path images;
  fs::path labels_file;  // empty: there is none
  std::vector<uint8_t> labels;
};

class IdxStream : public ImageStream {
 public:
  IdxStream(const IdxSplit& split, const TokenShape& shape) : split_(split), shape_(shape), file_(split.images) {}

  std::optional<SourceImage> next() override {
    std::vector<uint8_t> values(static_cast<size_t>(shape_.length()));
    if (file_.read(values) < values.size()) {
      return std::nullopt;
    }
    SourceImage image{.origin = concat(split_.images.filename().string(), "[", row_, "]")};
    image.label = split_.labels.empty() ? -1 : split_.labels[row_];
    image.pixels = {shape_.height, shape_.width, shape_.channels, std::move(values)};
    ++row_;
    return image;
  }

 private:
  const IdxSplit& split_;
  TokenShape shape_;
  IdxFile file_;
  size_t row_ = 0;
};

class IdxSource : public ImageSource {
 public:
  IdxSource(SourceInfo info, std::vector<IdxSplit> splits) : info_(std::move(info)), splits_(std::move(splits)) {}

  const SourceInfo& info() const override { return info_; }

  std::unique_ptr<ImageStream> stream(const std::string& name) const override {
    const auto position = split_position(info_, name);
    const auto& split = splits_[position];
    const auto images = info_.splits[position].images;
    require<DataError>(split.labels_file.empty() || std::ssize(split.labels) == images, split.labels_file.string(),
                       ": found ", split.labels.size(), " labels, want ", images, ", one for each image of ",
                       split.images.filename().string());
    return std::make_unique<IdxStream>(split, *info_.shape);
  }

 private:
  SourceInfo info_;
  std::vector<IdxSplit> splits_;
};

// By split. A split's labels count though it has no images: both splits must agree on the number of classes.
std::map<std::string, IdxSplit> read_labels_of(const std::vector<fs::path>& files) {
  std::map<std::string, IdxSplit> splits;
  for (const auto* name : {"train", "test"}) {
    auto& split = splits[name];
    if (const auto path = find_file(files, prefixes_of(name, "labels"))) {
      split.labels_file = *path;
      split.labels = read_labels(*path);
    }
  }
  return splits;
}

int64_t classes_of(const std::map<std::string, IdxSplit>& splits) {
  int64_t classes = 0;
  for (const auto& [name, split] : splits) {
    for (const auto label : split.labels) {
      classes = std::max<int64_t>(classes, label + 1);
    }
  }
  return classes;
}

}  // namespace

std::unique_ptr<ImageSource> open_idx_folder(const fs::path& folder, const std::vector<fs::path>& files,
                                             const std::string& name) {
  auto labelled = read_labels_of(files);
  SourceInfo info{.format = kFormat, .name = name, .splits = {}, .shape = {}, .classes = classes_of(labelled)};
  std::vector<IdxSplit> splits;
  for (const auto* split : {"train", "test"}) {
    const auto images = find_file(files, prefixes_of(split, "images"));
    if (!images) {
      continue;
    }
    const auto sizes = image_sizes(*images);
    const auto shape = shape_of(sizes);
    require<DataError>(!info.shape || *info.shape == shape, images->string(), ": found images of ", shape_text(shape),
                       ", other than those of the train split");
    if (!info.shape && name.empty()) {
      info.name = recognized(*images, shape, folder);
    }
    info.shape = shape;
    info.splits.push_back({split, sizes[0]});
    splits.push_back(std::move(labelled.at(split)));
    splits.back().images = *images;
    require<DataError>(info.classes == 0 || !splits.back().labels_file.empty(), folder.string(),
                       ": found no file of labels for the split '", split, "', but one for the other");
  }
  if (info.name.starts_with("fashion-mnist") && info.classes == kFashionClasses) {
    info.class_names = fashion_names();
  }
  return std::make_unique<IdxSource>(std::move(info), std::move(splits));
}

std::unique_ptr<ImageSource> open_idx_file(const fs::path& path) {
  const auto sizes = image_sizes(path);
  SourceInfo info{.format = kFormat,
                  .name = recognized(path, shape_of(sizes), path),
                  .splits = {{"all", sizes[0]}},
                  .shape = shape_of(sizes)};
  return std::make_unique<IdxSource>(std::move(info), std::vector<IdxSplit>{{path, {}, {}}});
}

}  // namespace veil::io
