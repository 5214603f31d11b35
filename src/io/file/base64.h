#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace veil::io {

/// Bytes as RFC 4648 writes them in section 4, with padding.
[[nodiscard]] std::string base64(std::span<const uint8_t> bytes);

}  // namespace veil::io
