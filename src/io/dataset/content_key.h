#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "veil/io/image/pixels.h"

namespace veil::io {

/// What tells a picture from all others: half of a SHA-256, so that among 2^32 pictures two have a chance of 2^-64 to
/// be taken for equal.
struct ContentKey {
  std::array<uint64_t, 2> words{};
  [[nodiscard]] bool operator==(const ContentKey&) const = default;
};

struct HashKey {
  [[nodiscard]] size_t operator()(const ContentKey& key) const { return key.words[0]; }
};

/// Equal for pictures of one size and equal pixels. A picture in colour of which every pixel is grey equals the same
/// one in one channel: they are the same once all images have as many channels.
[[nodiscard]] ContentKey key_of(const Pixels& pixels);

}  // namespace veil::io
