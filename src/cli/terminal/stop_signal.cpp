#include "cli/terminal/stop_signal.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

namespace veil::cli {
namespace {

constexpr std::array<int, 4> kSignals{SIGTERM, SIGINT, SIGUSR1, SIGHUP};
volatile sig_atomic_t g_received = 0;
std::array<struct sigaction, kSignals.size()> g_previous{};

// What a terminal shows as "^C" stands before it.
constexpr std::string_view kBegins = "\nveil: ";
bool g_on_terminal = false;

// Nothing but write() may be called in a handler. Where nobody listens, nothing is lost.
void say(std::string_view text) {
  for (const auto part : {kBegins.substr(g_on_terminal ? 0 : 1), text}) {
    [[maybe_unused]] const auto ignored = ::write(STDERR_FILENO, part.data(), part.size());
  }
}

extern "C" void note_signal(int number) {
  const int reason = errno;
  if (number == SIGINT && g_received == SIGINT) {
    say("ended at once by a second Ctrl-C; files that were whole still are\n");
    _exit(130);
  }
  if (number == SIGINT) {
    say("stopping as soon as the step at hand is done; Ctrl-C once more ends at once\n");
  } else if (g_received == 0) {
    say("stopping as soon as the step at hand is done\n");
  }
  g_received = number;
  errno = reason;
}

}  // namespace

StopSignal::StopSignal() {
  g_received = 0;
  g_on_terminal = ::isatty(STDERR_FILENO) == 1;
  struct sigaction action {};
  action.sa_handler = note_signal;
  action.sa_flags = SA_RESTART;  // a read or write that a signal meets goes on
  for (size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], nullptr, &g_previous[i]);
    if (kSignals[i] != SIGHUP || g_previous[i].sa_handler != SIG_IGN) {  // nohup asks to go on
      sigaction(kSignals[i], &action, nullptr);
    }
  }
}

StopSignal::~StopSignal() {
  for (size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], &g_previous[i], nullptr);
  }
}

int StopSignal::received() const noexcept { return g_received; }

}  // namespace veil::cli
