#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "io/file/input_file.h"

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

struct CifarRecord {
  int64_t label = 0;            ///< in [0, classes); the fine one of CIFAR-100
  std::vector<uint8_t> pixels;  ///< [32, 32, 3]: a pixel's colours are neighbours
};

/// The records of a file, from the first to the last. Every error is a DataError (path, found, wanted).
class CifarFile {
 public:
  /// Throws if the file is empty or its size is not a multiple of record_bytes(). Keeps a reference to `version`.
  CifarFile(const CifarVersion& version, const std::filesystem::path& path);

  /// Records in all, by the size of the file.
  [[nodiscard]] int64_t count() const { return count_; }

  /// The next record; nullopt at the end. Throws if one of its labels is out of range.
  [[nodiscard]] std::optional<CifarRecord> next();

  /// The labels of all records, without their pixels. Throws as next() does, which begins at the first record again.
  [[nodiscard]] std::vector<int64_t> read_labels();

 private:
  void read(std::span<uint8_t> bytes);
  int64_t checked_label(std::span<const uint8_t> labels) const;

  const CifarVersion& version_;
  InputFile file_;
  int64_t count_ = 0;
  int64_t record_ = 0;  // the next one
};

/// True if the size is a positive multiple of record_bytes() and every label is in range. Throws DataError if the file
/// cannot be read.
[[nodiscard]] bool is_cifar(const CifarVersion& version, const std::filesystem::path& path);

}  // namespace veil::io
