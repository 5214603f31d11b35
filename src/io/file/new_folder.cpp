#include "io/file/new_folder.h"

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

}  // namespace

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  require<IoError>(!error, folder.string(), ": cannot be created: ", error.message());
}

NewFolder::NewFolder(const fs::path& target) : target_(target.has_filename() ? target : target.parent_path()) {
  std::error_code ignored;
  is_there_ = fs::exists(fs::symlink_status(target_, ignored));
  path_ = is_there_ ? target_ / ".partial" : fs::path(target_.string() + ".partial");
}

NewFolder::~NewFolder() {
  std::error_code ignored;
  if (is_open_) {
    fs::remove_all(path_, ignored);
  }
}

void NewFolder::open() {
  if (is_there_) {
    std::error_code error;
    require<IoError>(fs::is_directory(target_, error), target_.string(), ": is not a folder, want an empty or new one");
    for (const auto& entry : entries(target_)) {
      require(entry == path_, target_.string(), ": holds files already, want an empty or new folder");
    }
  }
  remove_stale();
  is_open_ = true;
  make_folder(path_);
  write_file(path_ / kMark, "");
}

void NewFolder::publish() {
  std::error_code error;
  fs::remove(path_ / kMark, error);
  if (is_there_) {
    move_entries(error);
  } else {
    fs::rename(path_, target_, error);
  }
  require<IoError>(!error, target_.string(), ": cannot be filled from ", path_.string(), ": ", error.message());
  const auto parent = target_.has_parent_path() ? target_.parent_path() : fs::path(".");
  sync_directory(is_there_ ? target_ : parent);
}

void NewFolder::remove_stale() const {
  std::error_code error;
  const auto status = fs::symlink_status(path_, error);
  if (!fs::exists(status)) {
    return;
  }
  require(fs::is_directory(status) && (fs::exists(path_ / kMark, error) || entries(path_).empty()), path_.string(),
          ": is needed for the files while they are written, but holds what no export left; move it away");
  fs::remove_all(path_, error);
  require<IoError>(!error, path_.string(), ": cannot be removed: ", error.message());
}

void NewFolder::move_entries(std::error_code& error) const {
  std::vector<fs::path> moved;
  for (const auto& entry : entries(path_)) {
    if (!error) {
      moved.push_back(target_ / entry.filename());
      fs::rename(entry, moved.back(), error);
    }
  }
  std::error_code ignored;
  for (size_t i = 0; error && i < moved.size(); ++i) {
    fs::remove_all(moved[i], ignored);
  }
}

}  // namespace veil::io
