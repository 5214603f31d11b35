#include "io/dataset/content_key.h"

#include <charconv>
#include <span>
#include <vector>

#include "io/file/digest.h"

namespace veil::io {
namespace {

constexpr size_t kDigits = 16;  // of a word

// One value for each pixel if all are grey; empty if not.
std::vector<uint8_t> greys_of(const Pixels& pixels) {
  std::vector<uint8_t> greys;
  greys.reserve(pixels.values.size() / 3);
  for (size_t i = 0; i + 2 < pixels.values.size(); i += 3) {
    if (pixels.values[i] != pixels.values[i + 1] || pixels.values[i] != pixels.values[i + 2]) {
      return {};
    }
    greys.push_back(pixels.values[i]);
  }
  return greys;
}

}  // namespace

ContentKey key_of(const Pixels& pixels) {
  const auto greys = pixels.channels == 3 ? greys_of(pixels) : std::vector<uint8_t>();
  const auto digest = sha256_of(greys.empty() ? pixels.values : greys);
  ContentKey key;
  for (size_t i = 0; i < key.words.size(); ++i) {
    (void)std::from_chars(digest.data() + kDigits * i, digest.data() + kDigits * (i + 1), key.words[i], 16);
  }
  // Equal bytes of other sizes are other pictures.
  key.words[0] += static_cast<uint64_t>(pixels.width * 31 + (greys.empty() ? pixels.channels : 1));
  return key;
}

}  // namespace veil::io
