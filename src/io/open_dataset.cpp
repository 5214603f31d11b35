#include "veil/io/open_dataset.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "io/dataset_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDebianFolder = "/usr/share/datasets/fashion-mnist";

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) {
    text += (text.empty() ? "" : ", ") + part;
  }
  return text;
}

std::vector<fs::path> folders_of(const std::string& name) {
  std::vector<fs::path> folders;
  const char* chosen = std::getenv("VEIL_DATA");
  if (chosen != nullptr && *chosen != '\0') {
    folders.push_back(fs::path(chosen) / name);
  }
  folders.push_back(fs::path(VEIL_DATASETS_DIR) / name);
  std::error_code ignored;
  const auto program = fs::read_symlink("/proc/self/exe", ignored);
  if (!program.empty()) {
    folders.push_back(program.parent_path().parent_path() / "share/veil/datasets" / name);
  }
  folders.push_back(fs::path(VEIL_INSTALLED_DATASETS_DIR) / name);
  if (name == "fashion-mnist-full") {
    folders.emplace_back(kDebianFolder);
  }
  return folders;
}

std::string how_to_get(const std::string& name) {
  if (name == "fashion-mnist-full") {
    return "run datasets/fetch.sh fashion-mnist-full, install Debian's package dataset-fashion-mnist, or put the four "
           "files "
           "into $VEIL_DATA/fashion-mnist-full";
  }
  if (name == "text8") {
    return "unpack http://mattmahoney.net/dc/text8.zip into $VEIL_DATA/text8";
  }
  if (name == "cifar10") {
    return "run datasets/fetch.sh cifar10, or put the binary version's files into $VEIL_DATA/cifar10";
  }
  return "it ships with veil: is the installation complete?";
}

std::unique_ptr<Dataset> open_known(const std::string& name, const std::string& split) {
  std::vector<std::string> looked;
  for (const auto& folder : folders_of(name)) {
    if (holds_dataset(folder)) {
      return open_folder(folder, split, name);
    }
    looked.push_back(folder.string());
  }
  throw DataError(concat(name, ": not found in ", joined(looked), "; ", how_to_get(name)));
}

}  // namespace

const std::vector<std::string>& known_datasets() {
  static const std::vector<std::string> names{"fashion-mnist", "fashion-mnist-full", "photos32", "cifar10", "text8"};
  return names;
}

std::unique_ptr<Dataset> open_dataset(const std::string& source, const std::string& split) {
  require(split == "train" || split == "test" || (split == "valid" && source == "text8"), "split is '", split,
          "', want train or test (text8 has valid too)");
  require(!source.empty(), "the data set's name or path is empty");
  const auto& names = known_datasets();
  if (std::find(names.begin(), names.end(), source) != names.end()) {
    return open_known(source, split);
  }
  const fs::path path(source);
  std::error_code error;
  const auto status = fs::status(path, error);
  require<DataError>(status.type() != fs::file_type::not_found, source,
                     ": no such file or folder, nor a data set's name (", joined(names), ")");
  return fs::is_directory(status) ? open_folder(path, split, "") : open_file(path, split);
}

}  // namespace veil::io
