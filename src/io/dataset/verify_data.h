#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace veil::io {

/// One checksum of a file.
struct DataCheck {
  std::string what;       ///< "train: SHA-256 of the tokens", "MD5"
  std::string found;      ///< hexadecimal
  bool is_known = false;  ///< there was a value to compare with, and it is this one
};

/// A packed file: the digest of the tokens of each split against that which was stored when it was packed. Any other
/// file: its MD5 and SHA-256, compared with the published ones if its name is that of a known file
/// (cifar-10-binary.tar.gz, …). Throws DataError with both values where they differ, or if the file cannot be read.
/// Reads all of it.
[[nodiscard]] std::vector<DataCheck> verify_data(const std::filesystem::path& path);

}  // namespace veil::io
