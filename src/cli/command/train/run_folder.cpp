#include "cli/command/train/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "cli/arguments/configuration.h"
#include "io/config/config_file.h"
#include "io/file/files.h"
#include "veil/base/error.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;
constexpr int64_t kMaxLogBytes = int64_t{1} << 30;
constexpr const char* kConfigName = "config.cfg";
constexpr const char* kLockName = "run.lock";

// Settings that change how a run is carried out or watched, not what it computes.
bool may_change(std::string_view key) {
  constexpr std::array<std::string_view, 4> kSections{"device.", "evaluate.", "sample.", "data.evaluation_split"};
  constexpr std::array<std::string_view, 4> kKeys{"train.checkpoint_every", "train.keep_checkpoints", "train.prefetch",
                                                  "train.max_skipped"};
  return std::any_of(kSections.begin(), kSections.end(), [&](auto s) { return key.starts_with(s); }) ||
         std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end();
}

void check_unoccupied(const fs::path& path, bool fresh) {
  const bool is_run = fs::exists(path / kConfigName);
  require(!(fresh && is_run), path.string(),
          ": holds a run already, want an empty folder with --fresh; name another with --run");
  for (const auto& entry : fs::directory_iterator(path)) {
    require(is_run || entry.path().filename() == kLockName, path.string(), ": holds ", entry.path().filename().string(),
            " but no ", kConfigName, ", want an empty folder or one of an earlier run; name another with --run");
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

RunFolder::RunFolder(fs::path path, bool fresh) : path_(std::move(path)) {
  std::error_code error;
  require(!fs::exists(path_) || fs::is_directory(path_), path_.string(), ": is a file, want a folder for the run");
  fs::create_directories(path_, error);
  require<IoError>(!error, path_.string(), ": cannot be created: ", error.message());
  check_unoccupied(path_, fresh);
  lock_ = take_lock(path_ / kLockName);
}

RunFolder::~RunFolder() { ::close(lock_); }

std::vector<std::string> RunFolder::settle_config(const io::RunConfig& config) {
  std::vector<std::string> changes;
  if (fs::exists(file(kConfigName))) {
    io::RunConfig earlier;
    read_config_file(file(kConfigName), earlier);
    for (const auto& key : io::config_keys()) {
      const auto before = key.get(earlier);
      const auto now = key.get(config);
      if (before != now) {
        require(may_change(key.name), path_.string(), ": this run was started with ", key.name, " = ", before,
                ", now it is ", now, "; name another folder with --run, or give the old value to go on");
        changes.push_back(concat(key.name, ": ", before, " → ", now));
      }
    }
  }
  io::write_file(file(kConfigName), io::to_ini(config));
  return changes;
}

void RunFolder::rewind(std::string_view name, int64_t step) const {
  if (!fs::exists(file(name))) {
    return;
  }
  const auto bytes = io::read_file(file(name), kMaxLogBytes);
  const std::string text(bytes.begin(), bytes.end());
  std::string kept;
  for (size_t begin = 0, end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const auto line = std::string_view(text).substr(begin, end + 1 - begin);
    const auto entry = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (entry.is_object() && entry.value("step", int64_t{0}) <= step) {
      kept += line;
    }
  }
  if (kept != text) {
    io::write_file(file(name), kept);
  }
}

void RunFolder::append(std::string_view name, std::string_view line) const {
  const auto path = file(name);
  const std::string text = std::string(line) + '\n';
  const int out = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  require<IoError>(out >= 0, path.string(), ": cannot be opened: ", std::strerror(errno));
  const auto written = ::write(out, text.data(), text.size());
  const int reason = errno;
  ::close(out);
  require<IoError>(written == static_cast<ssize_t>(text.size()), path.string(), ": wrote ", written, " of ",
                   text.size(), " bytes: ", std::strerror(reason));
}

}  // namespace veil::cli
