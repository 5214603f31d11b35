#pragma once

#include <torch/types.h>

#include <filesystem>
#include <vector>

namespace veil::io {

/// Bytes of one record of CIFAR-10's binary version: a label and three planes (red, green, blue) of 32 x 32 pixels.
inline constexpr int64_t kCifar10RecordBytes = 1 + 3 * 32 * 32;

struct Cifar10Records {
  torch::Tensor
      tokens;  ///< uint8 [N, 3072] in the order of TokenShape{32, 32, 3}: the colours of a pixel are neighbours
  torch::Tensor labels;  ///< int64 [N], in [0, 9]
};

/// Reads the records of all `paths` (at least one), in that order. Throws DataError (path, found, wanted) if a file is
/// empty, its size is not a multiple of kCifar10RecordBytes or a label is above 9.
[[nodiscard]] Cifar10Records read_cifar10(const std::vector<std::filesystem::path>& paths);

/// True if the size is a positive multiple of kCifar10RecordBytes and every label is at most 9. Throws DataError if the
/// file cannot be read.
[[nodiscard]] bool is_cifar10(const std::filesystem::path& path);

}  // namespace veil::io
