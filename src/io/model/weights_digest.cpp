#include "io/model/weights_digest.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "io/file/digest.h"
#include "io/file/input_file.h"
#include "veil/base/error.h"

namespace veil::io {

std::string weights_sha256(const std::filesystem::path& model) {
  static_assert(std::endian::native == std::endian::little);
  constexpr size_t kBlock = size_t{1} << 20;
  InputFile file(model);
  std::array<uint8_t, 8> length{};
  const size_t got = file.read(length);
  const auto header = std::bit_cast<uint64_t>(length);
  const bool is_whole = got == length.size() && header <= static_cast<uint64_t>(file.size()) - length.size();
  require<DataError>(is_whole, model.string(), ": is cut, or no safetensors file, want a model written by veil");
  file.seek(static_cast<int64_t>(length.size() + header));
  Sha256 digest;
  std::vector<uint8_t> block(kBlock);
  for (size_t size = file.read(block); size > 0; size = file.read(block)) {
    digest.add(std::span(block).first(size));
  }
  return digest.hexadecimal();
}

}  // namespace veil::io
