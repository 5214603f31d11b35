#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace veil::io {

/// The whole file. Throws DataError (path, what was found, what was wanted) if it is missing, not a regular file, not
/// readable or larger than `limit` bytes.
[[nodiscard]] std::vector<uint8_t> read_file(const std::filesystem::path& path, int64_t limit);

/// Writes a file so that a reader sees either the old content or all of the new, which is on the disk then (FileDraft).
/// Throws IoError.
void write_file(const std::filesystem::path& path, std::span<const uint8_t> bytes);
void write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace veil::io
