#pragma once

#include <openssl/evp.h>

#include <bit>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace veil::io {

/// A cryptographic digest of bytes that come in parts.
class Digest {
 public:
  explicit Digest(const EVP_MD* algorithm);

  void add(std::span<const uint8_t> bytes);

  /// Lower-case; ends the digest.
  [[nodiscard]] std::string hexadecimal();

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

class Sha256 : public Digest {
 public:
  Sha256() : Digest(EVP_sha256()) {}
};

/// Lower-case hexadecimal digests of a file's content, streamed. Throw DataError if it cannot be read.
[[nodiscard]] std::string sha256_of_file(const std::filesystem::path& path);
[[nodiscard]] std::string md5_of_file(const std::filesystem::path& path);

/// The same of bytes in memory.
[[nodiscard]] std::string sha256_of(std::span<const uint8_t> bytes);

/// Of texts one after the other, each with a zero byte behind it.
[[nodiscard]] std::string sha256_of_texts(const std::vector<std::string>& texts);

/// The bytes of numbers as they lie in memory: little-endian on every machine that veil runs on.
[[nodiscard]] inline std::span<const uint8_t> bytes_of(std::span<const int64_t> values) {
  static_assert(std::endian::native == std::endian::little);
  return {reinterpret_cast<const uint8_t*>(values.data()), values.size_bytes()};
}

}  // namespace veil::io
