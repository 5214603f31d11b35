#pragma once

#include <cstdint>
#include <filesystem>

namespace veil::io {

// The HDF5 library parses a file before anybody can look at what it found, and a damaged header of an object of the
// oldest version makes it read beyond its memory. From version 2 on every part that describes objects carries a
// checksum, which the library compares first. So the versions are looked at before the library sees a file or an
// object. This protects from damage, not from a file whose checksums were computed to harm.

/// Throws DataError unless the file begins with a superblock of version 2 or 3 without extension, and the header of its
/// root group is of version 2.
void require_hdf5_checksums(const std::filesystem::path& path);

/// Whether the header of an object, which begins at `address` in the file, is of version 2.
[[nodiscard]] bool has_hdf5_checksum(const std::filesystem::path& path, uint64_t address);

}  // namespace veil::io
