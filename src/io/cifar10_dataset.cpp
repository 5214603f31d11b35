#include <torch/torch.h>

#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "io/dataset_folder.h"
#include "veil/base/error.h"
#include "veil/io/cifar10_file.h"
#include "veil/io/files.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string>& cifar10_names() {
  static const std::vector<std::string> names{"airplane", "automobile", "bird",  "cat",  "deer",
                                              "dog",      "frog",       "horse", "ship", "truck"};
  return names;
}

// One name a line, as in batches.meta.txt; empty if there is no such file.
std::vector<std::string> read_class_names(const fs::path& path) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    return {};
  }
  const auto bytes = read_file(path, 1 << 16);
  std::istringstream text(std::string(bytes.begin(), bytes.end()));
  std::vector<std::string> names;
  for (std::string line; std::getline(text, line);) {
    line.erase(line.find_last_not_of(" \t\r") + 1);
    if (!line.empty()) {
      names.push_back(line);
    }
  }
  return names;
}

// data_batch_1.bin and those that follow it without a gap, or test_batch.bin.
std::vector<fs::path> cifar10_files(const fs::path& folder, const std::string& split) {
  std::error_code ignored;
  if (split == "test") {
    return {folder / "test_batch.bin"};
  }
  std::vector<fs::path> files;
  for (int number = 1; number <= 5; ++number) {
    const auto path = folder / concat("data_batch_", number, ".bin");
    if (fs::exists(path, ignored)) {
      require<DataError>(static_cast<int>(files.size()) == number - 1, folder.string(), ": found ",
                         path.filename().string(), ", but data_batch_", number - 1, ".bin is missing");
      files.push_back(path);
    }
  }
  require<DataError>(!files.empty(), folder.string(), ": data_batch_1.bin is missing");
  return files;
}

DatasetInfo cifar10_info(const std::string& name, const std::string& split, std::vector<std::string> class_names) {
  const auto classes = class_names.empty() ? int64_t{10} : static_cast<int64_t>(class_names.size());
  return {
      .name = name, .split = split, .shape = {32, 32, 3}, .classes = classes, .class_names = std::move(class_names)};
}

// CIFAR-10 has the same number of images in each of ten classes, 50,000 and 10,000 in all. There is no published
// checksum of the single files, only of the archive, which the fetching script compares.
bool is_real_cifar10(const DatasetInfo& info, const torch::Tensor& labels) {
  const int64_t examples = info.split == "train" ? 50'000 : 10'000;
  return info.class_names == cifar10_names() && labels.size(0) == examples &&
         (torch::bincount(labels, {}, 10) == examples / 10).all().item<bool>();
}

}  // namespace

std::unique_ptr<Dataset> open_cifar10_folder(const fs::path& folder, const std::string& split,
                                             const std::string& name) {
  const auto records = read_cifar10(cifar10_files(folder, split));
  auto info = cifar10_info(name, split, read_class_names(folder / "batches.meta.txt"));
  const auto largest = records.labels.max().item<int64_t>();
  require<DataError>(largest < info.classes, folder.string(), ": label ", largest,
                     " has no name: batches.meta.txt has ", info.classes);
  const bool real = is_real_cifar10(info, records.labels);
  require<DataError>(real || name != "cifar10", folder.string(), ": found ", records.labels.size(0), " images as '",
                     split, "', want CIFAR-10's ", split == "train" ? 50'000 : 10'000,
                     ", the same number in each class, and batches.meta.txt with its ten names");
  if (name.empty()) {
    info.name = real ? "cifar10" : custom_name(folder);
  }
  return std::make_unique<TensorDataset>(info, records.tokens, records.labels);
}

std::unique_ptr<Dataset> open_cifar10_file(const fs::path& path, const std::string& split) {
  const auto records = read_cifar10({path});
  return std::make_unique<TensorDataset>(cifar10_info(custom_name(path), split, {}), records.tokens, records.labels);
}

}  // namespace veil::io
