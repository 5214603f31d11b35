
#include <algorithm>
#include <functional>
#include <map>
#include <vector>

#include "base/torch.h"
#include "io/file/files.h"
#include "io/format/idx_file.h"
#include "io/source/format_sources.h"
#include "io/source/source_names.h"
#include "io/source/tensor_source.h"
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
  const auto sizes = idx_sizes(path);
  require<DataError>(sizes.size() == 3 || sizes.size() == 4, path.string(), ": found IDX values of shape ",
                     torch::IntArrayRef(sizes), ", want images [N, H, W] or [N, H, W, C]");
  return sizes;
}

TokenShape shape_of(const std::vector<int64_t>& sizes) {
  return {sizes[1], sizes[2], sizes.size() == 4 ? sizes[3] : 1};
}

// uint8 [N, L].
torch::Tensor read_images(const fs::path& path) {
  const auto images = read_idx(path);
  return images.view({images.size(0), -1});
}

torch::Tensor read_labels(const fs::path& path) {
  const auto labels = read_idx(path);
  require<DataError>(labels.dim() == 1, path.string(), ": found IDX values of shape ", labels.sizes(),
                     ", want labels [N]");
  return labels.to(torch::kInt64);
}

std::string recognized(const fs::path& images, const TokenShape& shape, const fs::path& whole) {
  if (shape == kFashionShape) {
    const auto tokens = read_images(images);
    const auto found =
        known_images().find(sha256_of({tokens.data_ptr<uint8_t>(), static_cast<size_t>(tokens.numel())}));
    if (found != known_images().end()) {
      return found->second;
    }
  }
  return custom_name(whole);
}

// Both splits must agree on the number of classes, so both are looked at.
int64_t classes_of(const std::vector<fs::path>& files) {
  int64_t classes = 0;
  for (const auto* split : {"train", "test"}) {
    if (const auto path = find_file(files, prefixes_of(split, "labels"))) {
      classes = std::max(classes, read_labels(*path).max().item<int64_t>() + 1);
    }
  }
  return classes;
}

TensorSplit load_split(const fs::path& images, const std::optional<fs::path>& labels) {
  TensorSplit split{.tokens = read_images(images), .labels = {}};
  if (labels) {
    split.labels = read_labels(*labels);
    require<DataError>(split.labels.size(0) == split.tokens.size(0), labels->string(), ": found ", split.labels.size(0),
                       " labels, want ", split.tokens.size(0), ", one for each image of ", images.filename().string());
  }
  return split;
}

}  // namespace

std::unique_ptr<ImageSource> open_idx_folder(const fs::path& folder, const std::vector<fs::path>& files,
                                             const std::string& name) {
  SourceInfo info{.format = kFormat, .name = name, .splits = {}, .shape = {}, .classes = classes_of(files)};
  std::vector<std::function<TensorSplit()>> loaders;
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
    loaders.emplace_back([images = *images, labels = find_file(files, prefixes_of(split, "labels"))] {
      return load_split(images, labels);
    });
  }
  for (const auto& split : info.splits) {
    require<DataError>(info.classes == 0 || find_file(files, prefixes_of(split.name, "labels")), folder.string(),
                       ": found no file of labels for the split '", split.name, "', but one for the other");
  }
  if (info.name.starts_with("fashion-mnist") && info.classes == kFashionClasses) {
    info.class_names = fashion_names();
  }
  return make_tensor_source(info, std::move(loaders));
}

std::unique_ptr<ImageSource> open_idx_file(const fs::path& path) {
  const auto sizes = image_sizes(path);
  SourceInfo info{.format = kFormat,
                  .name = recognized(path, shape_of(sizes), path),
                  .splits = {{"all", sizes[0]}},
                  .shape = shape_of(sizes)};
  return make_tensor_source(info, {[path] { return load_split(path, std::nullopt); }});
}

}  // namespace veil::io
