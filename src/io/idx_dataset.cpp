#include <torch/torch.h>

#include <algorithm>
#include <map>
#include <vector>

#include "io/dataset_folder.h"
#include "veil/base/error.h"
#include "veil/io/files.h"
#include "veil/io/idx_file.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kFashionClasses = 10;

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

// uint8 [N, H, W] or [N, H, W, C] → [N, L]; sets `shape`.
torch::Tensor read_images(const fs::path& path, TokenShape& shape) {
  const auto images = read_idx(path);
  require<DataError>(images.dim() == 3 || images.dim() == 4, path.string(), ": found IDX values of shape ",
                     images.sizes(), ", want images [N, H, W] or [N, H, W, C]");
  shape = {images.size(1), images.size(2), images.dim() == 4 ? images.size(3) : 1};
  return images.view({images.size(0), shape.length()});
}

torch::Tensor read_labels(const fs::path& path) {
  const auto labels = read_idx(path);
  require<DataError>(labels.dim() == 1, path.string(), ": found IDX values of shape ", labels.sizes(),
                     ", want labels [N]");
  return labels.to(torch::kInt64);
}

std::string recognized_images(const torch::Tensor& tokens, const fs::path& path) {
  const auto found = known_images().find(sha256_of({tokens.data_ptr<uint8_t>(), static_cast<size_t>(tokens.numel())}));
  return found != known_images().end() ? found->second : custom_name(path);
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

}  // namespace

std::unique_ptr<Dataset> open_idx_folder(const fs::path& folder, const std::string& split, const std::string& name) {
  const auto files = files_in(folder);
  const auto images = find_file(files, prefixes_of(split, "images"));
  require<DataError>(images.has_value(), folder.string(), ": found IDX files, but none of the split '", split, "' (",
                     prefixes_of(split, "images").front(), "*)");
  DatasetInfo info{.name = name, .split = split, .shape = {}, .class_names = {}};
  const auto tokens = read_images(*images, info.shape);
  info.name = name.empty() ? recognized_images(tokens, folder) : name;
  torch::Tensor labels;
  if (const auto path = find_file(files, prefixes_of(split, "labels"))) {
    labels = read_labels(*path);
    require<DataError>(labels.size(0) == tokens.size(0), path->string(), ": found ", labels.size(0), " labels, want ",
                       tokens.size(0), ", one for each image of ", images->filename().string());
    info.classes = classes_of(files);
  }
  if (info.name.starts_with("fashion-mnist") && info.classes == kFashionClasses) {
    info.class_names = fashion_names();
  }
  return std::make_unique<TensorDataset>(info, tokens, labels);
}

std::unique_ptr<Dataset> open_idx_file(const fs::path& path, const std::string& split) {
  DatasetInfo info{.name = {}, .split = split, .shape = {}, .class_names = {}};
  const auto tokens = read_images(path, info.shape);
  info.name = recognized_images(tokens, path);
  return std::make_unique<TensorDataset>(info, tokens);
}

}  // namespace veil::io
