#include "cli/command/schedules/child_run.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "veil/base/error.h"

namespace veil::cli {
namespace {

constexpr const char* kThisProgram = "/proc/self/exe";

// What a child begins with.
class FileActions {
 public:
  FileActions() {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  }
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  FileActions(FileActions&&) = delete;
  FileActions& operator=(FileActions&&) = delete;

  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

pid_t start(const std::vector<std::string>& words) {
  std::vector<std::string> all{"veil"};
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> pointers;
  for (std::string& word : all) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  const FileActions actions;
  pid_t child = 0;
  const int error = posix_spawn(&child, kThisProgram, actions.get(), nullptr, pointers.data(), environ);
  require<IoError>(error == 0, "this program cannot be started again: ", std::strerror(error));
  return child;
}

}  // namespace

int run_child(const std::vector<std::string>& words, const StopSignal& signal) {
  using namespace std::chrono_literals;
  const pid_t child = start(words);
  bool is_told = false;
  int status = 0;
  pid_t ended = 0;
  while ((ended = ::waitpid(child, &status, WNOHANG)) == 0 || (ended < 0 && errno == EINTR)) {
    if (signal.received() != 0 && !is_told) {
      ::kill(child, SIGTERM);
      is_told = true;
    }
    std::this_thread::sleep_for(50ms);
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace veil::cli
