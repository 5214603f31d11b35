#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "io/file/unpacked_file.h"

namespace veil::io {

/// An IDX file of unsigned bytes (the format of MNIST), plain or gzip, read from the first value to the last. Every
/// error is a DataError (path, found, wanted). Takes no memory for what the header promises, and never unpacks more.
class IdxFile {
 public:
  /// Throws unless the file begins with an IDX header whose promise its size can keep: exactly if it is not packed.
  explicit IdxFile(const std::filesystem::path& path);

  /// As in the header: rank 1 to 4, none of them 0.
  [[nodiscard]] const std::vector<int64_t>& sizes() const { return sizes_; }

  /// Fills `bytes` with the next values; returns how many, fewer only at the end. Throws if the content ends before
  /// what the header promises or goes on after it, or if a sum of the gzip data is wrong: who wants all of that checked
  /// reads until fewer come back than were asked for.
  size_t read(std::span<uint8_t> bytes);

  /// All values that are left, with the same checks. Takes memory as they come.
  [[nodiscard]] std::vector<uint8_t> read_rest();

 private:
  void took(size_t found, int64_t wanted);
  void require_end();

  UnpackedFile file_;
  std::vector<int64_t> sizes_;
  int64_t promise_ = 0;  // bytes of header and values
  int64_t done_ = 0;     // of them, so many were read
};

/// True if the (unpacked) content begins with the header of an IDX file of unsigned bytes and, if the file is not
/// packed, has the size that the header promises. Throws DataError if the file cannot be read or unpacked.
[[nodiscard]] bool is_complete_idx(const std::filesystem::path& path);

/// As above, without a look at the size: damaged files are recognised too.
[[nodiscard]] bool has_idx_header(const std::filesystem::path& path);

}  // namespace veil::io
