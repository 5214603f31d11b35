#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace veil::io {

/// The array as a .npy file, format version 1.0, C order, little-endian. The same input gives the same bytes.
///   array: uint8, int64, float32 or float64, of any shape, on the CPU. Throws InvalidArgument for other types.
[[nodiscard]] std::vector<uint8_t> encode_npy(const torch::Tensor& array);

/// Arrays by name as one .npz file: a zip archive of NAME.npy, stored without compression, as numpy.savez makes it.
/// Names: ASCII letters, digits, "_", "-" and ".". comment: of the archive, at most 200 bytes, none of them a zero. The
/// same input gives the same bytes. Throws InvalidArgument, IoError. Needs memory for two more copies of the data.
void write_npz(const std::filesystem::path& path, const std::vector<std::pair<std::string, torch::Tensor>>& arrays,
               std::string_view comment = "");

/// Throws InvalidArgument, IoError.
void write_npy(const std::filesystem::path& path, const torch::Tensor& array);

}  // namespace veil::io
