#include <c10/util/Exception.h>

#include <csignal>
#include <filesystem>
#include <iostream>
#include <string>

#include "base/words.h"
#include "cli/command_line.h"
#include "cli/terminal/output.h"
#include "veil/base/error.h"

namespace {

enum ExitCode { kDone = 0, kFailed = 1, kUsage = 2, kRefused = 65, kInternal = 70, kDisk = 74 };

constexpr const char* kOutOfMemory = "out of memory; try a smaller batch";

// One line, whatever the message or a file name in it holds.
ExitCode fail(ExitCode code, const std::string& message) {
  std::cerr << "veil: " << veil::printable(message.substr(0, message.find('\n'))) << std::endl;
  return code;
}

ExitCode fail_in_torch(const std::string& message) {
  const bool is_memory =
      message.find("out of memory") != std::string::npos || message.find("can't allocate memory") != std::string::npos;
  return is_memory ? fail(kFailed, kOutOfMemory) : fail(kInternal, "internal error: " + message);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a reader that leaves must not end a training run
  std::signal(SIGXFSZ, SIG_IGN);  // nor a file that may not grow: the write says so
  try {
    return veil::cli::run_command_line({argv + 1, argv + argc});
  } catch (const veil::cli::ClosedPipe&) {
    return kDone;
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
