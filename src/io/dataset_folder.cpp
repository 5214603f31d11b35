#include "io/dataset_folder.h"

#include <algorithm>
#include <system_error>

#include "io/text8_dataset.h"
#include "io/unpacked_file.h"
#include "veil/base/error.h"
#include "veil/io/cifar10_file.h"
#include "veil/io/idx_file.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWanted =
    "IDX files (train-images*, t10k-images*, …) or CIFAR-10's binary files (data_batch_1.bin, …, test_batch.bin)";

enum class FolderFormat { kUnknown, kIdx, kCifar10, kText8 };

FolderFormat format_of(const std::vector<fs::path>& files) {
  if (find_file(files, {"train-images", "t10k-images", "test-images"})) {
    return FolderFormat::kIdx;
  }
  if (find_file(files, {"data_batch_", "test_batch.bin"})) {
    return FolderFormat::kCifar10;
  }
  const auto is_text8 = [](const fs::path& file) { return file.filename() == "text8"; };
  return std::any_of(files.begin(), files.end(), is_text8) ? FolderFormat::kText8 : FolderFormat::kUnknown;
}

}  // namespace

std::string custom_name(const fs::path& path) {
  std::error_code ignored;
  const auto full = fs::weakly_canonical(path, ignored);
  return "custom-" + (full.empty() ? path : full).filename().string();
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    files.push_back(entry->path());
  }
  require<DataError>(!error, folder.string(), ": cannot be read: ", error.message());
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<fs::path> find_file(const std::vector<fs::path>& files, const std::vector<std::string>& prefixes) {
  for (const auto& prefix : prefixes) {
    for (const auto& file : files) {
      if (file.filename().string().starts_with(prefix)) {
        return file;
      }
    }
  }
  return std::nullopt;
}

bool holds_dataset(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_directory(folder, ignored) && format_of(files_in(folder)) != FolderFormat::kUnknown;
}

std::unique_ptr<Dataset> open_folder(const fs::path& folder, const std::string& split, const std::string& name) {
  const auto files = files_in(folder);
  switch (format_of(files)) {
    case FolderFormat::kIdx:
      return open_idx_folder(folder, split, name);
    case FolderFormat::kCifar10:
      return open_cifar10_folder(folder, split, name);
    case FolderFormat::kText8:
      return open_text8(folder, split);
    case FolderFormat::kUnknown:
      break;
  }
  throw DataError(concat(folder.string(), ": found ", files.empty() ? "an empty folder" : "no data set in the folder",
                         ", want ", kWanted));
}

std::unique_ptr<Dataset> open_file(const fs::path& path, const std::string& split) {
  // The bytes of an IDX header may also be a label and pixels, so what fits whole comes first.
  if (!is_complete_idx(path) && is_cifar10(path)) {
    return open_cifar10_file(path, split);
  }
  require<DataError>(has_idx_header(path), path.string(), ": found ", InputFile(path).size(), " bytes of ",
                     describe_start(path), ", want an IDX file of unsigned bytes, or CIFAR-10 records (a multiple of ",
                     kCifar10RecordBytes, " bytes with labels up to 9)");
  return open_idx_file(path, split);
}

}  // namespace veil::io
