#include "io/run/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "base/words.h"
#include "io/config/config_file.h"
#include "io/file/files.h"
#include "io/file/places.h"
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

bool is_run(const fs::path& folder) {
  const RunLayout layout(folder);
  return fs::exists(layout.config) && fs::exists(layout.lock);
}

// A copy made of links is the run that it was made from: training in it would change that one. Checkpoints and samples
// may lie on another disk, but not in another run.
void check_links(const RunLayout& layout) {
  const auto folder = fs::weakly_canonical(layout.folder);
  const auto check = [&](const fs::path& path, const auto& may_lie) {
    if (fs::is_symlink(fs::symlink_status(path))) {
      const auto place = followed(path);
      require(is_inside(place, folder) || may_lie(place), path.string(), ": is a link to ", place.string(),
              ", outside this run, and training here would change it; copy the run with cp -rL, then its files are its "
              "own");
    }
  };
  for (const auto& file : layout.files()) {
    check(file, [](const fs::path& /*place*/) { return false; });
  }
  for (const auto& below : layout.folders()) {
    check(below, [](const fs::path& place) { return !is_run(place.parent_path()); });
  }
}

// What could not be written at the end is found at the beginning.
void check_kinds(const RunLayout& layout) {
  for (const auto& file : layout.files()) {
    require<IoError>(!fs::is_directory(file), file.string(),
                     ": is a folder, want a file, which the run writes; move it away");
  }
  for (const auto& below : layout.folders()) {
    require<IoError>(!fs::exists(below) || fs::is_directory(below), below.string(),
                     ": is not a folder, want one, which the run fills; move it away");
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

std::string steps_text(const std::vector<int64_t>& steps) {
  constexpr size_t kMostNamed = 6;
  std::vector<std::string> names;
  for (size_t i = 0; i < std::min(steps.size(), kMostNamed); ++i) {
    names.push_back(std::to_string(steps[i]));
  }
  return steps.size() > kMostNamed ? concat(joined(names), ", … ", steps.back(), " (", steps.size(), " lines)")
                                   : joined(names);
}

}  // namespace

RunFolder::RunFolder(const fs::path& path, bool fresh) : layout_(path), was_there_(fs::exists(path)) {
  require(!was_there_ || fs::is_directory(path), path.string(), ": is a file, want a folder for the run");
  make_folder(path);
  check_unoccupied(layout_, fresh);
  check_links(layout_);
  check_kinds(layout_);
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

std::vector<std::string> RunFolder::rewind_logs(int64_t step, std::span<const int64_t> expected) {
  std::vector<std::string> notes;
  for (const auto& log : {layout_.log, layout_.timing, layout_.example_bits}) {
    if (const int64_t damaged = rewind_lines(log, step); damaged > 0) {
      notes.push_back(concat(log.string(), ": ", damaged, damaged == 1 ? " damaged line is" : " damaged lines are",
                             " dropped, want JSON objects with a step"));
    }
  }
  for (const auto& log : {layout_.log, layout_.timing}) {
    if (const auto missing = steps_without_line(log, expected); !missing.empty()) {
      notes.push_back(concat(log.string(), ": of step", missing.size() == 1 ? " " : "s ", steps_text(missing),
                             " no line is there; the run goes on without ", missing.size() == 1 ? "it" : "them"));
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
