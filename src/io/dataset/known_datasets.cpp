#include "io/dataset/known_datasets.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <system_error>

#include "base/words.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDebianFolder = "/usr/share/datasets/fashion-mnist";
constexpr const char* kInstallation = "it ships with veil: is the installation complete?";

struct Known {
  const char* name;
  const char* remedy;  // how to get it; datasets/NAME/README.md says more
};

constexpr std::array<Known, 9> kKnown{
    {{"fashion-mnist", kInstallation},
     {"fashion-mnist-full",
      "run datasets/fetch.sh fashion-mnist-full, install Debian's package dataset-fashion-mnist, or put the four files "
      "into $VEIL_DATA/fashion-mnist-full"},
     {"photos32", kInstallation},
     {"cifar10", "run datasets/fetch.sh cifar10, or put the binary version's files into $VEIL_DATA/cifar10"},
     {"cifar100", "run datasets/fetch.sh cifar100, or put the binary version's files into $VEIL_DATA/cifar100"},
     {"imagenet64-png",
      "put the folders train_64x64 and valid_64x64, or their tar files, into $VEIL_DATA/imagenet64-png, or a packed "
      "file at $VEIL_DATA/imagenet64-png.h5"},
     {"imagenet64-npz",
      "put train_data_batch_1.npz to train_data_batch_10.npz and val_data.npz into $VEIL_DATA/imagenet64-npz, or a "
      "packed file at $VEIL_DATA/imagenet64-npz.h5"},
     {"imagenet64-area",
      "pack the ILSVRC 2012 images (folders train and val with a folder for each class) with veil data pack --size 64 "
      "to $VEIL_DATA/imagenet64-area.h5"},
     {"text8", "unpack http://mattmahoney.net/dc/text8.zip into $VEIL_DATA/text8"}}};

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

fs::path find_known(const Known& known) {
  std::vector<std::string> looked;
  for (const auto& place : places_of(known.name)) {
    if (holds_data(place)) {
      return place;
    }
    looked.push_back(place.string());
  }
  throw DataError(concat(known.name, ": not found in ", joined(looked), "; ", known.remedy));
}

const Known* known_of(const std::string& name) {
  const auto* found = std::find_if(kKnown.begin(), kKnown.end(), [&](const auto& each) { return each.name == name; });
  return found == kKnown.end() ? nullptr : found;
}

}  // namespace

const std::vector<std::string>& known_datasets() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& known : kKnown) {
      all.emplace_back(known.name);
    }
    return all;
  }();
  return names;
}

bool is_known_dataset(const std::string& name) { return known_of(name) != nullptr; }

fs::path find_dataset(const std::string& source) {
  require(!source.empty(), "the data set's name or path is empty");
  if (const auto* known = known_of(source)) {
    return find_known(*known);
  }
  std::error_code error;
  require<DataError>(fs::status(source, error).type() != fs::file_type::not_found, source,
                     ": no such file or folder, nor a data set's name (", joined(known_datasets()), ")");
  return source;
}

}  // namespace veil::io
