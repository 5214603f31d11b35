#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <vector>

namespace veil::io {

/// Reads an IDX file of unsigned bytes (the format of MNIST), plain or gzip: uint8, rank 1 to 4, sizes as in the
/// header. Throws DataError (path, found, wanted) unless the file begins with an IDX header and holds exactly the bytes
/// that it promises. Nothing is allocated before the promise was checked against the size of the file, and no more than
/// it is ever unpacked.
[[nodiscard]] torch::Tensor read_idx(const std::filesystem::path& path);

/// The sizes in the header, without reading the values. Throws DataError for what read_idx would refuse by the header
/// and the size of the file.
[[nodiscard]] std::vector<int64_t> idx_sizes(const std::filesystem::path& path);

/// True if the (unpacked) content begins with the header of an IDX file of unsigned bytes and, if the file is not
/// packed, has the size that the header promises. Throws DataError if the file cannot be read or unpacked.
[[nodiscard]] bool is_complete_idx(const std::filesystem::path& path);

/// As above, without a look at the size: damaged files are recognised too.
[[nodiscard]] bool has_idx_header(const std::filesystem::path& path);

}  // namespace veil::io
