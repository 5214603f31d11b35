#include "cli/terminal/stop_signal.h"

#include <signal.h>
#include <unistd.h>

#include <array>

namespace veil::cli {
namespace {

constexpr std::array<int, 4> kSignals{SIGTERM, SIGINT, SIGUSR1, SIGHUP};
volatile sig_atomic_t g_received = 0;
std::array<struct sigaction, kSignals.size()> g_previous{};

extern "C" void note_signal(int number) {
  if (number == SIGINT && g_received == SIGINT) {
    _exit(130);
  }
  g_received = number;
}

}  // namespace

StopSignal::StopSignal() {
  g_received = 0;
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
