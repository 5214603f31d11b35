#include "cli/terminal/messages.h"

#include <iostream>

#include "base/words.h"

namespace veil::cli {

void warn(const std::string& line) { std::cerr << printable(line) << '\n'; }

void note(const std::string& line, bool quiet) {
  if (!quiet) {
    warn(line);
  }
}

}  // namespace veil::cli
