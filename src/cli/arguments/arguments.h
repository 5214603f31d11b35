#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace veil::cli {

/// What a command was called with.
struct Arguments {
  std::string command;                                        ///< "evaluate"
  std::map<std::string, std::string> flags;                   ///< the command's own flags by name; a switch holds ""
  std::vector<std::pair<std::string, std::string>> settings;  ///< (section.key, text) in the order given
  std::vector<std::string> positionals;                       ///< words that belong to no flag
  std::string command_line;                                   ///< the whole of it, quoted for a shell: for reports
  bool quiet = false;                                         ///< -q: no progress

  [[nodiscard]] bool has(std::string_view flag) const;
  /// The value of a flag, or `fallback` if it was not given.
  [[nodiscard]] std::string text(std::string_view flag, std::string_view fallback = "") const;
  /// The value of a flag that the command cannot do without. Throws UsageError.
  [[nodiscard]] std::string required(std::string_view flag) const;
  /// A whole number in [low, high]. Throws UsageError that names flag, value and both bounds.
  [[nodiscard]] int64_t integer(std::string_view flag, int64_t fallback, int64_t low, int64_t high) const;
};

}  // namespace veil::cli
