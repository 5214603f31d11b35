#include "io/run/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "io/config/config_file.h"
#include "io/file/files.h"
#include "io/file/publish.h"
#include "io/run/run_log.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

namespace fs = std::filesystem;

// Settings that change how a run is carried out or watched, not what it computes.
bool may_change(std::string_view key) {
  constexpr std::array<std::string_view, 4> kSections{"device.", "evaluate.", "sample.", "data.evaluation_split"};
  constexpr std::array<std::string_view, 4> kKeys{"train.checkpoint_every", "train.keep_checkpoints", "train.prefetch",
                                                  "train.max_skipped"};
  return std::any_of(kSections.begin(), kSections.end(), [&](auto s) { return key.starts_with(s); }) ||
         std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

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

int take_lock(const fs::path& path) {
  const int lock = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  require<IoError>(lock >= 0, path.string(), ": cannot be opened: ", std::strerror(errno));
  if (::flock(lock, LOCK_EX | LOCK_NB) != 0) {
    ::close(lock);
    throw InvalidArgument(path.parent_path().string() + ": another process is working in this run folder");
  }
  return lock;
}

}  // namespace

RunFolder::RunFolder(const fs::path& path, bool fresh) : layout_(path) {
  require(!fs::exists(path) || fs::is_directory(path), path.string(), ": is a file, want a folder for the run");
  make_folder(path);
  check_unoccupied(layout_, fresh);
  lock_ = take_lock(layout_.lock);
}

RunFolder::~RunFolder() { ::close(lock_); }

std::vector<std::string> RunFolder::update_config(const RunConfig& config) {
  std::vector<std::string> changes;
  if (fs::exists(layout_.config)) {
    const RunConfig earlier = read_run_config(layout_);
    for (const auto& key : config_keys()) {
      const auto before = key.get(earlier);
      const auto now = key.get(config);
      if (before != now) {
        require(may_change(key.name), layout_.folder.string(), ": this run was started with ", key.name, " = ", before,
                ", now it is ", now, "; name another folder with --run, or give the old value to go on");
        changes.push_back(concat(key.name, ": ", before, " → ", now));
      }
    }
  }
  write_file(layout_.config, to_ini(config));
  return changes;
}

std::vector<std::string> RunFolder::rewind_logs(int64_t step) {
  std::vector<std::string> notes;
  for (const auto& log : {layout_.log, layout_.timing}) {
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
