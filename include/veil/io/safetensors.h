#pragma once

#include <torch/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace veil::io {

/// The content of a safetensors file: named tensors in file order, and string metadata.
struct TensorFile {
  std::vector<std::pair<std::string, torch::Tensor>> tensors;
  std::map<std::string, std::string> metadata;

  /// The tensor of that name, or nullptr.
  [[nodiscard]] const torch::Tensor* find(const std::string& name) const;
};

/// Reads a whole file. Throws DataError unless header, offsets, sizes and dtypes are all consistent: header at most 16 MiB,
/// at most 100,000 tensors, rank at most 8, no duplicate names, offsets contiguous and covering the file exactly. Nothing
/// is allocated from a number that was not checked against the file's size.
[[nodiscard]] TensorFile read_safetensors(const std::filesystem::path& path);

/// Writes atomically (see write_file). Tensors may be on any device and of any layout; data are 8-byte aligned. Throws
/// IoError.
void write_safetensors(const std::filesystem::path& path, const TensorFile& file);

}  // namespace veil::io
