#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace veil::io {

/// Four bytes, the largest first, as PNG has its numbers.
void append_big_endian(std::vector<uint8_t>& bytes, uint32_t number);

/// A chunk of a PNG file (PNG specification, 5.3): its length, its four letters, its content and their CRC.
void append_chunk(std::vector<uint8_t>& bytes, std::string_view type, std::span<const uint8_t> content);

/// What all chunks of this type hold, one after the other, of a PNG file that is whole.
[[nodiscard]] std::vector<uint8_t> chunk_content(std::span<const uint8_t> png, std::string_view type);

}  // namespace veil::io
