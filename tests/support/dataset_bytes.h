#pragma once

#include <zlib.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "veil/base/error.h"

namespace veil {

/// An IDX file of unsigned bytes, put together by hand: 00 00 08 rank, big-endian sizes, values.
inline std::string idx_bytes(const std::vector<uint32_t>& sizes, const std::string& values) {
  std::string bytes{'\0', '\0', '\x08', static_cast<char>(sizes.size())};
  for (const auto size : sizes) {
    for (const int shift : {24, 16, 8, 0}) {
      bytes += static_cast<char>(size >> shift);
    }
  }
  return bytes + values;
}

/// gzip data by the compressor of zlib (the reader under test only unpacks).
inline std::string gzip_bytes(const std::string& content) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, MAX_WBITS + 16, 9, Z_DEFAULT_STRATEGY);
  std::string packed(deflateBound(&stream, content.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

/// A CIFAR-10 record whose red plane counts up (mod 256), whose green is 0 and whose blue is 255.
inline std::string ramp_record(char label) {
  std::string record(1, label);
  for (int i = 0; i < 1024; ++i) {
    record += static_cast<char>(i);
  }
  return record + std::string(1024, '\0') + std::string(1024, '\xff');
}

/// The text of the DataError that `action` throws.
inline std::string data_error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const DataError& error) {
    return error.what();
  }
  return "no DataError";
}

}  // namespace veil
