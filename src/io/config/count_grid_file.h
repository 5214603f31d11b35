#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace veil::io {

/// Count grids for one length of examples, by their number of steps (count_grid.h).
struct CountGridFile {
  int64_t length = 0;                             ///< tokens of an example
  std::string origin = {};                        ///< what they were fitted to, for people
  std::map<int64_t, std::vector<int64_t>> grids;  ///< by steps: from length to 0
};

/// By this name a file says that it holds count grids.
inline constexpr std::string_view kCountGridContent = "count grids";

/// Writes the grids as JSON (docs/file-formats.md), whole or not at all. Throws IoError.
void write_count_grids(const std::filesystem::path& file, const CountGridFile& grids);

/// Throws DataError if the file is missing, no such JSON object, or a grid does not fall from the length to 0 in its
/// number of steps.
[[nodiscard]] CountGridFile read_count_grids(const std::filesystem::path& file);

}  // namespace veil::io
