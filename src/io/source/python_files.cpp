#include "io/source/python_files.h"

#include <algorithm>
#include <set>
#include <system_error>

#include "io/format/numpy_reader.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

// Old pickles of Python 2 hold bytes, which latin1 turns into names; new ones do not mind.
constexpr const char* kConversion =
    "convert it where it is trusted: python3 -c \"import numpy, pickle, sys; numpy.savez(sys.argv[2], "
    "**pickle.load(open(sys.argv[1], 'rb'), encoding='latin1'))\" FILE FILE.npz";

// The data set of which a pickle is a part; empty if it is none of CIFAR's.
std::string cifar_of(const fs::path& path) {
  const auto name = path.filename().string();
  std::error_code ignored;
  if (name.starts_with("data_batch_") || name == "test_batch") {
    return "CIFAR-10";
  }
  return (name == "train" || name == "test") && fs::exists(path.parent_path() / "meta", ignored) ? "CIFAR-100" : "";
}

}  // namespace

bool is_batch_of_python(const fs::path& path) {
  const auto name = path.filename().string();
  return path.extension().empty() &&
         (name.starts_with("train_data_batch_") || name == "val_data" || !cifar_of(path).empty());
}

void refuse_pickle(const fs::path& path) {
  if (!is_pickle(path)) {
    return;
  }
  const auto cifar = cifar_of(path);
  const std::string fetch = cifar == "CIFAR-10" ? "cifar10" : "cifar100";
  const auto binary = concat("found the python version of ", cifar, ", a pickle, which could run code; get the binary ",
                             "version: datasets/fetch.sh ", fetch, "; or ");
  throw DataError(concat(path.string(), ": ", cifar.empty() ? "found a Python pickle, which could run code; " : binary,
                         kConversion));
}

void refuse_pickled_batches(const std::vector<fs::path>& files) {
  std::error_code ignored;
  for (const auto& file : files) {
    if (is_batch_of_python(file) && fs::is_regular_file(file, ignored) &&
        !fs::exists(file.string() + ".npz", ignored)) {
      refuse_pickle(file);
    }
  }
}

std::string cifar_version_of_names(const std::vector<std::string>& names) {
  std::set<std::string> files;
  std::transform(names.begin(), names.end(), std::inserter(files, files.end()),
                 [](const auto& name) { return fs::path(name).filename().string(); });
  const auto has = [&](const char* name) { return files.contains(name); };
  if (has("data_batch_1.bin") || has("data_batch_1")) {
    return has("data_batch_1.bin") ? "CIFAR-10's binary version" : "CIFAR-10's python version";
  }
  if (has("fine_label_names.txt") && has("train.bin")) {
    return "CIFAR-100's binary version";
  }
  return has("train") && has("test") && has("meta") ? "CIFAR-100's python version" : "";
}

}  // namespace veil::io
