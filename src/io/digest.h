#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>

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

}  // namespace veil::io
