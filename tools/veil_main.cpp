#include <c10/util/Exception.h>

#include <csignal>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <string>

#include "base/words.h"
#include "cli/command_line.h"
#include "cli/opening/batch_advice.h"
#include "cli/terminal/output.h"
#include "cli/terminal/stop_signal.h"
#include "veil/base/error.h"

namespace {

enum ExitCode { kDone = 0, kFailed = 1, kUsage = 2, kRefused = 65, kInternal = 70, kDisk = 74, kStopped = 75 };

constexpr const char* kOutOfMemory = "out of memory; try a smaller batch";

// Where LibTorch's messages turn to places in its sources.
bool begins_trace(const std::string& line) {
  return line.starts_with("Exception raised from") || line.starts_with("frame #") || line.starts_with("C++ Captured");
}

// Lines after the first are those of a list. They are set in, so that no name of a file looks like a line of ours.
ExitCode fail(ExitCode code, const std::string& message) {
  std::istringstream lines(message);
  std::string text;
  for (std::string line; std::getline(lines, line) && !begins_trace(line);) {
    const auto begin = line.find_first_not_of(' ');
    if (begin != std::string::npos) {
      text += (text.empty() ? "veil: " : "  ") + veil::printable(line.substr(begin)) + '\n';
    }
  }
  std::cerr << (text.empty() ? "veil: failed without a message\n" : text) << std::flush;
  return code;
}

ExitCode fail_in_torch(const std::string& message) {
  return veil::cli::is_of_memory(message) ? fail(kFailed, kOutOfMemory) : fail(kInternal, "internal error: " + message);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that leaves must not end a training run
  std::signal(SIGXFSZ, SIG_IGN);  // nor a file that may not grow: the write says so
  try {
    return veil::cli::run_command_line({argv + 1, argv + argc});
  } catch (const veil::cli::ClosedPipe&) {
    return kDone;
  } catch (const veil::cli::Stopped& stopped) {
    return fail(kStopped, stopped.what());
  } catch (const veil::cli::OutOfMemory& error) {
    return fail(kFailed, error.what());
  } catch (const veil::InvalidArgument& error) {
    return fail(kUsage, error.what());
  } catch (const veil::DataError& error) {
    return fail(kRefused, error.what());
  } catch (const veil::IoError& error) {
    return fail(kDisk, error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    return fail(kDisk, error.what());
  } catch (const veil::NumericalError& error) {
    return fail(kFailed, error.what());
  } catch (const std::bad_alloc&) {
    return fail(kFailed, kOutOfMemory);
  } catch (const c10::Error& error) {
    return fail_in_torch(error.what_without_backtrace());
  } catch (const std::exception& error) {
    return fail_in_torch(error.what());
  }
}
