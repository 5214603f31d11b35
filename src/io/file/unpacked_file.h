#pragma once

#include <zlib.h>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "io/file/input_file.h"

namespace veil::io {

/// The content of a file, unpacked on the way if it is gzip (told by its first bytes). Reads only as far as it is asked
/// to, so what a header promises bounds what is ever unpacked.
class UnpackedFile {
 public:
  /// Throws DataError as InputFile does.
  explicit UnpackedFile(const std::filesystem::path& path);
  ~UnpackedFile();
  UnpackedFile(const UnpackedFile&) = delete;
  UnpackedFile& operator=(const UnpackedFile&) = delete;
  UnpackedFile(UnpackedFile&&) = delete;
  UnpackedFile& operator=(UnpackedFile&&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return file_.path(); }
  [[nodiscard]] bool is_packed() const { return is_packed_; }

  /// An upper bound of the content's size in bytes, exact if it is not packed: deflate cannot shrink by more than 1032.
  [[nodiscard]] int64_t size_limit() const;

  /// Fills `bytes` with what comes next; returns how many, fewer only at the end. Throws DataError if the packed data
  /// are damaged or cut. Their sum and length stand behind them: who wants all of it checked reads until 0 comes back.
  size_t read(std::span<uint8_t> bytes);

  /// The next read begins at `offset`. Throws InvalidArgument if the file is packed: gzip data can only be read onward.
  void seek(int64_t offset);

  /// The next `size` bytes, or all that are left if they are fewer. Takes memory as the content comes, not as `size`
  /// says: at most twice of what there is.
  [[nodiscard]] std::vector<uint8_t> read_up_to(int64_t size);

 private:
  [[nodiscard]] bool refill();
  [[nodiscard]] int inflate_into(std::span<uint8_t> bytes, size_t& done);

  InputFile file_;
  bool is_packed_ = false;
  bool ended_ = false;
  z_stream stream_{};
  std::vector<uint8_t> packed_;
};

/// What the content begins with, in words for an error message. Throws DataError as UnpackedFile does.
[[nodiscard]] std::string describe_start(const std::filesystem::path& path);

}  // namespace veil::io
