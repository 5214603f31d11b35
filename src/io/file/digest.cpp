#include "io/file/digest.h"

#include <array>
#include <stdexcept>
#include <vector>

#include "base/words.h"
#include "io/file/input_file.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr size_t kChunk = size_t{1} << 20;

// A build of OpenSSL may forbid an algorithm (MD5 in FIPS mode).
void check(bool succeeded) {
  if (!succeeded) {
    throw std::runtime_error("OpenSSL cannot compute this digest");
  }
}

std::string digest_of_file(const std::filesystem::path& path, const EVP_MD* algorithm) {
  InputFile file(path);
  Digest digest(algorithm);
  std::vector<uint8_t> chunk(kChunk);
  while (const auto count = file.read(chunk)) {
    digest.add({chunk.data(), count});
  }
  return digest.hexadecimal();
}

}  // namespace

Digest::Digest(const EVP_MD* algorithm) : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
  check(context_ != nullptr && EVP_DigestInit_ex(context_.get(), algorithm, nullptr) == 1);
}

void Digest::add(std::span<const uint8_t> bytes) {
  check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

std::string Digest::hexadecimal() {
  std::array<uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  check(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1);
  return veil::hexadecimal(std::span(digest).first(size));
}

std::string sha256_of_file(const std::filesystem::path& path) { return digest_of_file(path, EVP_sha256()); }
std::string md5_of_file(const std::filesystem::path& path) { return digest_of_file(path, EVP_md5()); }

std::string sha256_of_texts(const std::vector<std::string>& texts) {
  Sha256 digest;
  for (const auto& text : texts) {
    digest.add({reinterpret_cast<const uint8_t*>(text.c_str()), text.size() + 1});
  }
  return digest.hexadecimal();
}

std::string sha256_of(std::span<const uint8_t> bytes) {
  Digest digest(EVP_sha256());
  digest.add(bytes);
  return digest.hexadecimal();
}

}  // namespace veil::io
