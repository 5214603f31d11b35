
#include <functional>
#include <sstream>
#include <system_error>
#include <utility>
#include <vector>

#include "base/torch.h"
#include "io/file/files.h"
#include "io/format/cifar_file.h"
#include "io/source/format_sources.h"
#include "io/source/source_names.h"
#include "io/source/tensor_source.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr TokenShape kShape{32, 32, 3};

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

struct Split {
  std::string name;
  std::vector<fs::path> files;
};

// data_batch_1.bin and those that follow it without a gap, and test_batch.bin.
std::vector<Split> cifar10_splits(const fs::path& folder) {
  std::error_code ignored;
  std::vector<Split> splits;
  std::vector<fs::path> train;
  for (int number = 1; number <= 5; ++number) {
    const auto path = folder / concat("data_batch_", number, ".bin");
    if (fs::exists(path, ignored)) {
      require<DataError>(static_cast<int>(train.size()) == number - 1, folder.string(), ": found ",
                         path.filename().string(), ", but data_batch_", number - 1, ".bin is missing");
      train.push_back(path);
    }
  }
  if (!train.empty()) {
    splits.push_back({"train", std::move(train)});
  }
  if (fs::exists(folder / "test_batch.bin", ignored)) {
    splits.push_back({"test", {folder / "test_batch.bin"}});
  }
  return splits;
}

std::vector<Split> cifar100_splits(const fs::path& folder) {
  std::error_code ignored;
  std::vector<Split> splits;
  for (const auto* name : {"train", "test"}) {
    const auto path = folder / concat(name, ".bin");
    if (fs::exists(path, ignored)) {
      splits.push_back({name, {path}});
    }
  }
  return splits;
}

// Both sets have 50,000 and 10,000 images, the same number in each class. There is no published checksum of the single
// files, only of the archives, which the fetching script compares.
bool is_real(const CifarVersion& version, const std::string& split, const torch::Tensor& labels) {
  const int64_t examples = split == "train" ? 50'000 : 10'000;
  return labels.size(0) == examples &&
         (torch::bincount(labels, {}, version.classes) == examples / version.classes).all().item<bool>();
}

TensorSplit load_split(const CifarVersion& version, const Split& split, const SourceInfo& info, bool must_be_real) {
  const auto records = read_cifar(version, split.files);
  const auto folder = split.files.front().parent_path();
  const auto largest = records.labels.max().item<int64_t>();
  require<DataError>(largest < info.classes, folder.string(), ": label ", largest, " has no name: ", version.names_file,
                     " has ", info.classes);
  require<DataError>(!must_be_real || (is_real(version, split.name, records.labels) && !info.class_names.empty()),
                     folder.string(), ": found ", records.labels.size(0), " images as '", split.name, "', want ",
                     version.title, "'s ", split.name == "train" ? 50'000 : 10'000,
                     ", the same number in each class, and ", version.names_file, " with its names");
  return {.tokens = records.tokens, .labels = records.labels};
}

std::string recognized(const CifarVersion& version, const Split& split, const SourceInfo& info,
                       const fs::path& folder) {
  const bool has_names = version.classes == 10 ? info.class_names == cifar10_names() : info.class_names.size() == 100;
  return has_names && is_real(version, split.name, read_cifar(version, split.files).labels) ? version.name
                                                                                            : custom_name(folder);
}

int64_t records_in(const CifarVersion& version, const Split& split) {
  int64_t records = 0;
  for (const auto& file : split.files) {
    records += count_cifar(version, file);
  }
  return records;
}

SourceInfo info_of(const CifarVersion& version, std::string name) {
  return {.format = concat(version.title, ", binary version"),
          .name = std::move(name),
          .splits = {},
          .shape = kShape,
          .classes = version.classes};
}

}  // namespace

std::unique_ptr<ImageSource> open_cifar_folder(const fs::path& folder, const std::vector<fs::path>& files,
                                               const std::string& name) {
  const bool is_hundred = !find_file(files, {"data_batch_", "test_batch.bin"});
  const auto& version = is_hundred ? kCifar100 : kCifar10;
  const auto splits = is_hundred ? cifar100_splits(folder) : cifar10_splits(folder);
  require<DataError>(!splits.empty(), folder.string(), ": found none of ", version.title, "'s files of records");
  auto info = info_of(version, name);
  info.class_names = read_class_names(folder / version.names_file);
  info.classes = info.class_names.empty() ? version.classes : static_cast<int64_t>(info.class_names.size());
  if (name.empty()) {
    info.name = recognized(version, splits.front(), info, folder);
  }
  for (const auto& split : splits) {
    info.splits.push_back({split.name, records_in(version, split)});
  }
  std::vector<std::function<TensorSplit()>> loaders;
  for (const auto& split : splits) {
    loaders.emplace_back(
        [&version, split, info, must = name == version.name] { return load_split(version, split, info, must); });
  }
  return make_tensor_source(info, std::move(loaders));
}

std::unique_ptr<ImageSource> open_cifar_file(const fs::path& path) {
  const auto& version = is_cifar(kCifar10, path) ? kCifar10 : kCifar100;
  auto info = info_of(version, custom_name(path));
  info.splits = {{"all", count_cifar(version, path)}};
  return make_tensor_source(info, {[&version, path, info] {
                              return load_split(version, {"all", {path}}, info, /*must_be_real=*/false);
                            }});
}

}  // namespace veil::io
