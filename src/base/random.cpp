#include "veil/base/random.h"

#include <Random123/philox.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

#include "veil/base/error.h"

namespace veil {
namespace {

// The 128-bit counter: block, example (44 bits), round (44 bits), purpose (8 bits). The high 12 bits of example and
// round share a word with the purpose, so that no two streams ever meet.
r123::Philox4x32::ctr_type counter_of(const NoiseKey& key, uint64_t example_id, uint32_t block) {
  const auto high = static_cast<uint32_t>(((example_id >> 32) & 0xfffU) << 8 | ((key.round >> 32) & 0xfffU) << 20);
  return {{block, static_cast<uint32_t>(example_id), static_cast<uint32_t>(key.round),
           high | static_cast<uint32_t>(key.purpose)}};
}

r123::Philox4x32::key_type key_of(const NoiseKey& key) {
  return {{static_cast<uint32_t>(key.seed), static_cast<uint32_t>(key.seed >> 32)}};
}

// A number in [0, range), without the bias of a remainder: Lemire, "Fast Random Integer Generation in an Interval"
// (2019). A pure function of its arguments: attempt k uses word k of the example.
uint32_t bounded_word(const NoiseKey& key, uint64_t example_id, uint32_t range) {
  const uint32_t rejected = (0U - range) % range;  // 2^32 mod range
  for (uint32_t attempt = 0;; ++attempt) {
    const auto product = static_cast<uint64_t>(philox_word(key, example_id, attempt)) * range;
    if (static_cast<uint32_t>(product) >= rejected) {
      return static_cast<uint32_t>(product >> 32);
    }
  }
}

}  // namespace

std::array<uint32_t, 4> philox_block(const NoiseKey& key, uint64_t example_id, uint32_t block) {
  const auto words = r123::Philox4x32{}(counter_of(key, example_id, block), key_of(key));
  return {words[0], words[1], words[2], words[3]};
}

uint32_t philox_word(const NoiseKey& key, uint64_t example_id, uint32_t position) {
  return philox_block(key, example_id, position / 4)[position % 4];
}

double to_uniform(uint32_t high, uint32_t low) {
  // 52 bits, so that the half above the last one is still exact: with 53 the largest number would round to 1.
  const uint64_t bits = (static_cast<uint64_t>(high) << 20) | (low >> 12);
  return (static_cast<double>(bits) + 0.5) * 0x1p-52;
}

double uniform_double(const NoiseKey& key, uint64_t example_id, uint32_t index) {
  const auto words = philox_block(key, example_id, index / 2);
  const auto first = (index % 2) * 2;
  return to_uniform(words[first], words[first + 1]);
}

void fill_words(const NoiseKey& key, uint64_t example_id, uint32_t* words, int64_t size) {
  for (int64_t i = 0; i < size; i += 4) {
    const auto block = philox_block(key, example_id, static_cast<uint32_t>(i / 4));
    std::copy_n(block.begin(), std::min<int64_t>(4, size - i), words + i);
  }
}

std::vector<int64_t> permutation(const NoiseKey& key, int64_t size) {
  require(size >= 0 && size <= std::numeric_limits<uint32_t>::max(), "size is ", size, ", want [0, 2^32)");
  std::vector<int64_t> order(static_cast<size_t>(size));
  std::iota(order.begin(), order.end(), int64_t{0});
  for (int64_t last = size - 1; last > 0; --last) {
    const auto chosen = bounded_word(key, static_cast<uint64_t>(last), static_cast<uint32_t>(last + 1));
    std::swap(order[static_cast<size_t>(last)], order[chosen]);
  }
  return order;
}

}  // namespace veil
