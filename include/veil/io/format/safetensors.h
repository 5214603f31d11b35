#pragma once

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace veil::io {

/// The content of a safetensors file: named tensors in the order of their data, and string metadata. Dtypes: float64,
/// float32, float16, bfloat16, int64, int32, int16, int8, uint8, bool.
struct TensorFile {
  std::vector<std::pair<std::string, torch::Tensor>> tensors = {};
  std::map<std::string, std::string> metadata = {};

  /// The tensor of that name, or nullptr.
  [[nodiscard]] const torch::Tensor* find(const std::string& name) const;
};

/// Reads a whole file. Throws DataError unless header, offsets, sizes and dtypes are all consistent: header at most 16
/// MiB, at most 100,000 tensors, rank at most 8, no duplicate names, offsets contiguous and covering the file exactly.
/// Nothing is allocated from a number that was not checked against the file's size. Tensors are on the CPU, contiguous.
[[nodiscard]] TensorFile read_safetensors(const std::filesystem::path& path);

/// The metadata alone, for which no tensor is read; empty if there are none. Throws DataError if the file is missing or
/// its header is not as said above.
[[nodiscard]] std::map<std::string, std::string> read_safetensors_metadata(const std::filesystem::path& path);

/// Writes atomically (see write_file). Tensors may be on any device and of any strides. Their data begin at a multiple
/// of 8 bytes, those of the widest elements first, so that every tensor is aligned. Needs memory for a second copy of
/// the data. Throws InvalidArgument for what the reader would refuse (names used twice, ranks, dtypes, text that is not
/// UTF-8), IoError if the disk fails.
void write_safetensors(const std::filesystem::path& path, const TensorFile& file);

}  // namespace veil::io
