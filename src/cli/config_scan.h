#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

namespace veil::cli {

/// A configuration file after the first look: what the parser reads, and where each key stands.
struct ConfigScan {
  std::string text;                      ///< without byte order mark, carriage returns and comments that begin a line
  std::map<std::string, int64_t> lines;  ///< "section.key" → line, counted from 1
};

/// Reads the file and finds the line of every key, which the parser itself does not tell. Throws DataError for a file
/// that is missing, longer than 1 MiB, binary, or has a line that is neither `[section]` nor `key = value`; UsageError
/// for a key that stands twice.
[[nodiscard]] ConfigScan scan_config(const std::filesystem::path& path);

}  // namespace veil::cli
