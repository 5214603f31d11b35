#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace veil::io {

/// One `key = value` line of a configuration file.
struct ConfigLine {
  std::string key;    ///< "section.key"
  std::string value;  ///< without the blanks around it
  int64_t line = 0;   ///< counted from 1
};

/// The settings of a file in their order. Throws DataError for a file that is missing, longer than 1 MiB, binary, or
/// has a line that is neither `[section]` nor `key = value`; InvalidArgument for a key that stands twice.
[[nodiscard]] std::vector<ConfigLine> scan_config(const std::filesystem::path& path);

}  // namespace veil::io
