#include "io/known_datasets.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <system_error>
#include <vector>

#include "veil/base/error.h"
#include "veil/io/open_dataset.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDebianFolder = "/usr/share/datasets/fashion-mnist";
constexpr const char* kInstallation = "it ships with veil: is the installation complete?";

// How to get each; datasets/NAME/README.md says more.
const std::map<std::string, std::string>& remedies() {
  static const std::map<std::string, std::string> texts{
      {"fashion-mnist", kInstallation},
      {"photos32", kInstallation},
      {"fashion-mnist-full",
       "run datasets/fetch.sh fashion-mnist-full, install Debian's package dataset-fashion-mnist, or put the four "
       "files "
       "into $VEIL_DATA/fashion-mnist-full"},
      {"cifar10", "run datasets/fetch.sh cifar10, or put the binary version's files into $VEIL_DATA/cifar10"},
      {"cifar100", "run datasets/fetch.sh cifar100, or put the binary version's files into $VEIL_DATA/cifar100"},
      {"imagenet64-png",
       "put the folders train_64x64 and valid_64x64, or their tar files, into $VEIL_DATA/imagenet64-png, or a packed "
       "file "
       "at $VEIL_DATA/imagenet64-png.h5"},
      {"imagenet64-npz",
       "put train_data_batch_1.npz to train_data_batch_10.npz and val_data.npz into $VEIL_DATA/imagenet64-npz, or a "
       "packed file at $VEIL_DATA/imagenet64-npz.h5"},
      {"imagenet64-area",
       "pack the ILSVRC 2012 images (folders train and val with a folder for each class) with veil data pack --size 64 "
       "to "
       "$VEIL_DATA/imagenet64-area.h5"},
      {"text8", "unpack http://mattmahoney.net/dc/text8.zip into $VEIL_DATA/text8"}};
  return texts;
}

std::vector<fs::path> places_of(const std::string& name) {
  std::vector<fs::path> places;
  const char* chosen = std::getenv("VEIL_DATA");
  if (chosen != nullptr && *chosen != '\0') {
    places.push_back(fs::path(chosen) / name);
    places.push_back(fs::path(chosen) / (name + ".h5"));
  }
  places.push_back(fs::path(VEIL_DATASETS_DIR) / name);
  std::error_code ignored;
  const auto program = fs::read_symlink("/proc/self/exe", ignored);
  if (!program.empty()) {
    places.push_back(program.parent_path().parent_path() / "share/veil/datasets" / name);
  }
  places.push_back(fs::path(VEIL_INSTALLED_DATASETS_DIR) / name);
  if (name == "fashion-mnist-full") {
    places.emplace_back(kDebianFolder);
  }
  return places;
}

// A folder of datasets/ holds a card at least; the data are what else is in it.
bool holds_data(const fs::path& place) {
  std::error_code ignored;
  if (fs::is_regular_file(place, ignored)) {
    return true;
  }
  for (const auto& entry : fs::directory_iterator(place, ignored)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with('.') && name != "README.md" && !name.ends_with(".part") && !name.ends_with(".refused")) {
      return true;
    }
  }
  return false;
}

}  // namespace

const std::vector<std::string>& known_datasets() {
  static const std::vector<std::string> names{"fashion-mnist",  "fashion-mnist-full", "photos32",
                                              "cifar10",        "cifar100",           "imagenet64-png",
                                              "imagenet64-npz", "imagenet64-area",    "text8"};
  return names;
}

fs::path find_known_dataset(const std::string& name) {
  std::string looked;
  for (const auto& place : places_of(name)) {
    if (holds_data(place)) {
      return place;
    }
    looked += (looked.empty() ? "" : ", ") + place.string();
  }
  throw DataError(concat(name, ": not found in ", looked, "; ", remedies().at(name)));
}

}  // namespace veil::io
