#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace veil::io {

/// What is in the folder, in the order of the names. Throws DataError if it cannot be read.
[[nodiscard]] std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder);

/// The first of the sorted `files` whose name begins with a prefix, earlier prefixes first; so an unpacked file comes
/// before the packed one beside it.
[[nodiscard]] std::optional<std::filesystem::path> find_file(const std::vector<std::filesystem::path>& files,
                                                             const std::vector<std::string>& prefixes);

}  // namespace veil::io
