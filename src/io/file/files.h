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

/// Writes a file so that a reader sees either the old content or all of the new: a temporary beside it, fsync, rename.
/// A target that is not a regular file (a pipe, /dev/full) is written directly. Throws IoError.
void write_file(const std::filesystem::path& path, std::span<const uint8_t> bytes);
void write_file(const std::filesystem::path& path, std::string_view text);

/// A number of 0 or more with at least `digits` digits, so that names with it sort as the numbers do: "000012".
[[nodiscard]] std::string zero_padded(int64_t number, size_t digits);

/// Flushes a folder's entries to the disk. Throws IoError.
void sync_directory(const std::filesystem::path& path);

/// Lower-case hexadecimal digests of a file's content, streamed. Throw DataError if it cannot be read.
[[nodiscard]] std::string sha256_of_file(const std::filesystem::path& path);
[[nodiscard]] std::string md5_of_file(const std::filesystem::path& path);

/// The same of bytes in memory.
[[nodiscard]] std::string sha256_of(std::span<const uint8_t> bytes);

}  // namespace veil::io
