#include "io/file/new_folder.h"

#include <system_error>
#include <utility>
#include <vector>

#include "io/file/files.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDraft = ".partial";
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

bool is_marked(const fs::path& draft) { return is_there(draft / kMark); }

fs::path plain(const fs::path& target) { return target.has_filename() ? target : target.parent_path(); }

FolderDraft draft_of(const fs::path& target) { return {target, new_folder_drafts(target)[is_there(target) ? 1 : 0]}; }

}  // namespace

NewFolder::NewFolder(const fs::path& target) : NewFolder(target, nullptr) {}

NewFolder::NewFolder(const fs::path& target, std::function<bool(const fs::path&)> is_old)
    : draft_(draft_of(plain(target))), is_old_(std::move(is_old)) {}

void NewFolder::check() const {
  const auto& target = draft_.target();
  if (is_there(target)) {
    std::error_code error;
    require<IoError>(fs::is_directory(target, error), target.string(), ": is not a folder, want an empty or new one");
    for (const auto& entry : entries(target)) {
      require(is_old_ || entry == path(), target.string(), ": holds files already, want an empty or new folder");
    }
  }
  const auto status = fs::symlink_status(path());
  const bool is_free =
      !fs::exists(status) || (fs::is_directory(status) && (is_marked(path()) || entries(path()).empty()));
  require(is_free, path().string(),
          ": is needed for the files while they are written, but holds what no export left; move it away");
}

void NewFolder::open() {
  check();
  std::error_code error;
  fs::remove_all(path(), error);
  require<IoError>(!error, path().string(), ": cannot be removed: ", error.message());
  draft_.make();
  write_file(path() / kMark, "");
}

void NewFolder::publish() {
  std::error_code error;
  fs::remove(path() / kMark, error);
  require<IoError>(!error, path().string(), ": cannot be written: ", error.message());
  remove_old();
  draft_.publish();
}

void NewFolder::remove_old() const {
  const auto& target = draft_.target();
  if (!is_old_ || !is_there(target)) {
    return;
  }
  for (const auto& entry : entries(target)) {
    std::error_code error;
    if (entry != path() && is_old_(entry)) {
      fs::remove(entry, error);
    }
    require<IoError>(!error, entry.string(), ": cannot be removed to make room for what is new: ", error.message());
  }
}

std::vector<fs::path> new_folder_drafts(const fs::path& target) {
  return {plain(target).string() + kDraft, plain(target) / kDraft};
}

bool is_draft_in(const fs::path& path, const fs::path& folder) { return path == folder / kDraft && is_marked(path); }

}  // namespace veil::io
