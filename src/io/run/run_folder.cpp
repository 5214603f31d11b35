#include "io/run/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "io/config/config_file.h"
#include "io/file/files.h"
#include "io/file/publish.h"
#include "io/run/run_log.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

void check_unoccupied(const RunLayout& layout, bool fresh) {
  const std::string path = layout.folder.string();
  const bool is_run = fs::exists(layout.config);
  require(!(fresh && is_run), path,
          ": holds a run already, want an empty folder with --fresh; name another with --run");
  for (const auto& entry : fs::directory_iterator(layout.folder)) {
    const auto name = entry.path().filename();
    require(is_run || name == layout.lock.filename(), path, ": holds ", name.string(), " but no ",
            layout.config.filename().string(),
            ", want an empty folder or one of an earlier run; name another with --run");
  }
}

bool is_file_of(int descriptor, const fs::path& path) {
  struct stat opened {};
  struct stat there {};
  return ::fstat(descriptor, &opened) == 0 && ::stat(path.c_str(), &there) == 0 && opened.st_ino == there.st_ino;
}

// A start that failed removes its lock: one that was taken meanwhile is on a file without a name, and taken again.
int take_lock(const fs::path& path) {
  for (;;) {
    const int lock = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    require<IoError>(lock >= 0, path.string(), ": cannot be opened: ", std::strerror(errno));
    if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
      ::close(lock);
      throw InvalidArgument(path.parent_path().string() + ": another process is working in this run folder");
    }
    if (is_file_of(lock, path)) {
      return lock;
    }
    ::close(lock);
  }
}

}  // namespace

RunFolder::RunFolder(const fs::path& path, bool fresh) : layout_(path), was_there_(fs::exists(path)) {
  require(!was_there_ || fs::is_directory(path), path.string(), ": is a file, want a folder for the run");
  make_folder(path);
  check_unoccupied(layout_, fresh);
  lock_ = take_lock(layout_.lock);
}

RunFolder::~RunFolder() {
  std::error_code ignored;
  if (!fs::exists(layout_.config, ignored)) {  // nothing began
    fs::remove(layout_.lock, ignored);
    if (!was_there_) {
      fs::remove(layout_.folder, ignored);  // if it is empty
    }
  }
  ::close(lock_);
}

std::optional<RunConfig> RunFolder::config() const {
  return fs::exists(layout_.config) ? std::optional(read_run_config(layout_)) : std::nullopt;
}

void RunFolder::write_config(const RunConfig& config) {
  const std::string text = to_ini(config);
  if (!fs::exists(layout_.config) || to_ini(read_run_config(layout_)) != text) {
    write_file(layout_.config, text);
  }
}

std::vector<std::string> RunFolder::rewind_logs(int64_t step) {
  std::vector<std::string> notes;
  for (const auto& log : {layout_.log, layout_.timing, layout_.example_bits}) {
    if (const int64_t damaged = rewind_lines(log, step); damaged > 0) {
      notes.push_back(concat(log.string(), ": ", damaged, damaged == 1 ? " damaged line is" : " damaged lines are",
                             " dropped, want JSON objects with a step"));
    }
  }
  return notes;
}

RunConfig read_run_config(const RunLayout& layout) {
  RunConfig config;
  read_config_file(layout.config, config);
  return config;
}

}  // namespace veil::io
