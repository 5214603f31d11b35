#include "cli/arguments/arguments.h"

#include <charconv>

#include "cli/arguments/usage_error.h"

namespace veil::cli {

bool Arguments::has(std::string_view flag) const { return flags.contains(std::string(flag)); }

std::string Arguments::text(std::string_view flag, std::string_view fallback) const {
  const auto found = flags.find(std::string(flag));
  return found == flags.end() ? std::string(fallback) : found->second;
}

std::string Arguments::required(std::string_view flag) const {
  require<UsageError>(has(flag), "veil ", command, " needs --", flag, "; veil ", command, " --help shows examples");
  return text(flag);
}

int64_t Arguments::integer(std::string_view flag, int64_t fallback, int64_t low, int64_t high) const {
  if (!has(flag)) {
    return fallback;
  }
  const std::string given = text(flag);
  int64_t value = 0;
  const auto [stop, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  const bool whole = error == std::errc() && stop == given.data() + given.size();
  require<UsageError>(whole && value >= low && value <= high, "--", flag, " is ", given.empty() ? "empty" : given,
                      ", want an integer in [", low, ", ", high, "]");
  return value;
}

}  // namespace veil::cli
