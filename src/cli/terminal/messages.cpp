#include "cli/terminal/messages.h"

#include <iostream>

#include "base/words.h"

namespace veil::cli {

namespace {

std::vector<std::string>& said() {
  static std::vector<std::string> lines;
  return lines;
}

void show(const std::string& line) { std::cerr << printable(line) << '\n'; }

}  // namespace

void warn(const std::string& line) {
  said().push_back(line);
  show(line);
}

const std::vector<std::string>& warnings_so_far() { return said(); }

void note(const std::string& line, bool quiet) {
  if (!quiet) {
    show(line);
  }
}

}  // namespace veil::cli
