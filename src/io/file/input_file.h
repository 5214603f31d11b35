#pragma once

#include <cstdint>
#include <filesystem>
#include <span>

namespace veil::io {

/// A regular file opened for reading: the one way in which this library reads bytes. Every error is a DataError that
/// begins with the path.
class InputFile {
 public:
  /// Throws DataError if the path is missing, not a regular file, not readable, or holds the pointer that Git LFS
  /// leaves where the file is yet to be fetched. Does not block on a pipe.
  explicit InputFile(const std::filesystem::path& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  InputFile(InputFile&&) = delete;
  InputFile& operator=(InputFile&&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  /// Size in bytes when it was opened.
  [[nodiscard]] int64_t size() const { return size_; }

  /// Fills `bytes` from where the last call ended; returns how many were read, fewer only at the end of the file.
  size_t read(std::span<uint8_t> bytes);

  /// The next read begins at `offset`, counted from the start of the file.
  void seek(int64_t offset);

 private:
  std::filesystem::path path_;
  int descriptor_ = -1;
  int64_t size_ = 0;
};

}  // namespace veil::io
