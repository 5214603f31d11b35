#pragma once

#include <torch/types.h>

#include <filesystem>
#include <vector>

namespace veil::io {

/// One of the two data sets in their binary version. A record is its labels, a byte each, and three planes (red, green,
/// blue) of 32 x 32 pixels.
struct CifarVersion {
  const char* title;       ///< "CIFAR-10"
  const char* name;        ///< of the data set: "cifar10"
  int64_t coarse_classes;  ///< of a label that comes before the one that is used; 0: there is none
  int64_t classes;
  const char* names_file;  ///< names of the classes, a line each

  [[nodiscard]] int64_t record_bytes() const { return (coarse_classes > 0 ? 2 : 1) + 3 * 32 * 32; }
};

inline constexpr CifarVersion kCifar10{"CIFAR-10", "cifar10", 0, 10, "batches.meta.txt"};
inline constexpr CifarVersion kCifar100{"CIFAR-100", "cifar100", 20, 100, "fine_label_names.txt"};

struct CifarRecords {
  torch::Tensor tokens;  ///< uint8 [N, 3072] in the order of TokenShape{32, 32, 3}: a pixel's colours are neighbours
  torch::Tensor labels;  ///< int64 [N], in [0, classes); the fine ones of CIFAR-100
};

/// Reads the records of all `paths` (at least one), in that order. Throws DataError (path, found, wanted) if a file is
/// empty, its size is not a multiple of record_bytes() or a label is out of range.
[[nodiscard]] CifarRecords read_cifar(const CifarVersion& version, const std::vector<std::filesystem::path>& paths);

/// Records in a file, by its size. Throws DataError as read_cifar does for a size.
[[nodiscard]] int64_t count_cifar(const CifarVersion& version, const std::filesystem::path& path);

/// True if the size is a positive multiple of record_bytes() and every label is in range. Throws DataError if the file
/// cannot be read.
[[nodiscard]] bool is_cifar(const CifarVersion& version, const std::filesystem::path& path);

}  // namespace veil::io
