#include "io/file/publish.h"

#include <fcntl.h>
#include <stdio.h>  // renameat2
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "io/file/places.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

// The content of a file, or the entries of a folder.
void flush(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const int result = descriptor < 0 ? -1 : ::fsync(descriptor);
  const int error = errno;
  if (descriptor >= 0) {
    ::close(descriptor);
  }
  // Some network file systems cannot flush folders, and say so with EINVAL.
  require<IoError>(result == 0 || (descriptor >= 0 && error == EINVAL), path.string(),
                   ": cannot be flushed to the disk: ", std::generic_category().message(error));
}

void flush_folder_of(const fs::path& path) { flush(path.has_parent_path() ? path.parent_path() : fs::path(".")); }

// Puts `draft` in the place of `target`; what was there, if anything, is under the draft's name afterwards, or gone.
void exchange(const fs::path& draft, const fs::path& target, std::error_code& error) {
  std::error_code ignored;
  if (!fs::exists(fs::symlink_status(target, ignored))) {
    fs::rename(draft, target, error);
  } else if (::renameat2(AT_FDCWD, draft.c_str(), AT_FDCWD, target.c_str(), RENAME_EXCHANGE) != 0) {
    // A file system that cannot exchange names.
    const fs::path aside = draft.string() + ".old.tmp";
    fs::rename(target, aside, error);
    if (error) {
      return;
    }
    fs::rename(draft, target, error);
    if (error) {
      fs::rename(aside, target, ignored);
    } else {
      fs::remove_all(aside, ignored);
    }
  }
}

// Entry by entry; if one cannot be moved, those that were are removed.
void move_entries(const fs::path& from, const fs::path& to, std::error_code& error) {
  std::vector<fs::path> entries;
  for (fs::directory_iterator entry(from, error), end; !error && entry != end; entry.increment(error)) {
    entries.push_back(entry->path());
  }
  std::vector<fs::path> moved;
  for (size_t i = 0; !error && i < entries.size(); ++i) {
    const auto place = to / entries[i].filename();
    fs::rename(entries[i], place, error);
    if (!error) {
      moved.push_back(place);
    }
  }
  std::error_code ignored;
  for (size_t i = 0; error && i < moved.size(); ++i) {
    fs::remove_all(moved[i], ignored);
  }
}

}  // namespace

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  require<IoError>(!error, folder.string(), ": cannot be created: ", error.message());
}

FileDraft::FileDraft(const fs::path& target, const std::string& ending) : target_(target) {
  std::error_code ignored;
  const auto status = fs::status(target, ignored);
  if (fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status)) {
    path_ = target_;
    return;
  }
  if (fs::is_symlink(fs::symlink_status(target, ignored))) {
    target_ = followed(target);
  }
  path_ = target_;
  path_ += ending.empty() ? concat(".", ::getpid(), ".tmp") : ending;
}

FileDraft::~FileDraft() {
  std::error_code ignored;
  if (path_ != target_) {
    fs::remove(path_, ignored);
  }
}

void FileDraft::publish() {
  if (path_ == target_) {
    return;
  }
  flush(path_);
  std::error_code error;
  fs::rename(path_, target_, error);
  require<IoError>(!error, target_.string(), ": cannot be replaced: ", error.message());
  flush_folder_of(target_);
}

FolderDraft::FolderDraft(fs::path target, fs::path path) : target_(std::move(target)), path_(std::move(path)) {}

FolderDraft::~FolderDraft() {
  std::error_code ignored;
  if (is_made_) {
    fs::remove_all(path_, ignored);
  }
}

void FolderDraft::make() {
  make_folder(path_);
  is_made_ = true;
}

void FolderDraft::publish() {
  flush(path_);
  const bool is_inside = path_.parent_path() == target_;
  std::error_code error;
  if (is_inside) {
    move_entries(path_, target_, error);
  } else {
    exchange(path_, target_, error);
  }
  require<IoError>(!error, target_.string(), ": cannot be filled from ", path_.string(), ": ", error.message());
  if (is_inside) {
    flush(target_);
  } else {
    flush_folder_of(target_);
  }
}

}  // namespace veil::io
