#include "io/image/png_chunks.h"

#include <zlib.h>

#include <algorithm>

namespace veil::io {
namespace {

constexpr size_t kSignature = 8;
constexpr size_t kFrame = 12;  // length, letters and CRC around a content

size_t big_endian_at(std::span<const uint8_t> bytes, size_t at) {
  size_t number = 0;
  for (size_t i = 0; i < 4; ++i) {
    number = number << 8 | bytes[at + i];
  }
  return number;
}

}  // namespace

void append_big_endian(std::vector<uint8_t>& bytes, uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<uint8_t>(number >> shift));
  }
}

void append_chunk(std::vector<uint8_t>& bytes, std::string_view type, std::span<const uint8_t> content) {
  append_big_endian(bytes, static_cast<uint32_t>(content.size()));
  const size_t begin = bytes.size();
  bytes.insert(bytes.end(), type.begin(), type.end());
  bytes.insert(bytes.end(), content.begin(), content.end());
  append_big_endian(
      bytes, static_cast<uint32_t>(::crc32(0, bytes.data() + begin, static_cast<uInt>(bytes.size() - begin))));
}

std::vector<uint8_t> chunk_content(std::span<const uint8_t> png, std::string_view type) {
  std::vector<uint8_t> content;
  for (size_t at = kSignature; at + kFrame <= png.size();) {
    const size_t size = big_endian_at(png, at);
    if (std::equal(type.begin(), type.end(), png.begin() + static_cast<int64_t>(at) + 4)) {
      const auto body = png.subspan(at + 8, size);
      content.insert(content.end(), body.begin(), body.end());
    }
    at += kFrame + size;
  }
  return content;
}

}  // namespace veil::io
