#include "io/file/new_folder.h"

#include <system_error>
#include <vector>

#include "io/file/files.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMark = ".veil-export";  // tells what was left from a folder that has its name by chance

std::vector<fs::path> entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    paths.push_back(entry->path());
  }
  require<IoError>(!error, folder.string(), ": cannot be read: ", error.message());
  return paths;
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::exists(fs::symlink_status(path, ignored));
}

FolderDraft draft_of(const fs::path& target) {
  return {target, is_there(target) ? target / ".partial" : fs::path(target.string() + ".partial")};
}

}  // namespace

NewFolder::NewFolder(const fs::path& target)
    : draft_(draft_of(target.has_filename() ? target : target.parent_path())) {}

void NewFolder::open() {
  const auto& target = draft_.target();
  if (is_there(target)) {
    std::error_code error;
    require<IoError>(fs::is_directory(target, error), target.string(), ": is not a folder, want an empty or new one");
    for (const auto& entry : entries(target)) {
      require(entry == path(), target.string(), ": holds files already, want an empty or new folder");
    }
  }
  remove_stale();
  draft_.make();
  write_file(path() / kMark, "");
}

void NewFolder::publish() {
  std::error_code error;
  fs::remove(path() / kMark, error);
  require<IoError>(!error, path().string(), ": cannot be written: ", error.message());
  draft_.publish();
}

void NewFolder::remove_stale() const {
  std::error_code error;
  const auto status = fs::symlink_status(path(), error);
  if (!fs::exists(status)) {
    return;
  }
  require(fs::is_directory(status) && (fs::exists(path() / kMark, error) || entries(path()).empty()), path().string(),
          ": is needed for the files while they are written, but holds what no export left; move it away");
  fs::remove_all(path(), error);
  require<IoError>(!error, path().string(), ": cannot be removed: ", error.message());
}

}  // namespace veil::io
