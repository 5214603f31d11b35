#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "io/image/decode_image.h"
#include "support/dataset_bytes.h"
#include "support/temp_folder.h"
#include "veil/io/image/pixels.h"

namespace veil {

inline std::span<const uint8_t> as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

/// The bytes of a file in tests/io/fixtures/images; empty if there is none.
inline std::string image_file(const std::string& name) {
  return read_bytes(std::filesystem::path(VEIL_SOURCE_DIR) / "tests/io/fixtures/images" / name);
}

/// The pixels that make.py there wrote down: three 16-bit numbers, little-endian, then the bytes.
inline io::Pixels image_pixels(const std::string& name) {
  const auto bytes = image_file(name + ".bin");
  if (bytes.size() < 6) {
    return {};
  }
  const auto number = [&](size_t at) {
    return int64_t{static_cast<uint8_t>(bytes[at])} | int64_t{static_cast<uint8_t>(bytes[at + 1])} << 8;
  };
  return {.height = number(0), .width = number(2), .channels = number(4), .values = {bytes.begin() + 6, bytes.end()}};
}

/// What `decode_image` says of these bytes, or "no DataError".
inline std::string decode_error(std::string_view bytes) {
  return data_error_of([&] { (void)io::decode_image(as_bytes(bytes)); });
}

}  // namespace veil
