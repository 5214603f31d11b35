#include "cli/terminal/output.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "veil/base/error.h"

namespace veil::cli {

void print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EPIPE) {
      throw ClosedPipe();
    } else if (errno != EINTR) {
      throw IoError(concat("standard output: ", std::strerror(errno), ", the result was not written whole"));
    }
  }
}

}  // namespace veil::cli
