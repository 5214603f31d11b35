#include "io/source/folder_listing.h"

#include <algorithm>
#include <system_error>

#include "veil/base/error.h"

namespace veil::io {

namespace fs = std::filesystem;

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

}  // namespace veil::io
