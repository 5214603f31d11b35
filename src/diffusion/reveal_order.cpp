#include "veil/diffusion/reveal_order.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <numeric>

#include "base/words.h"
#include "veil/base/error.h"
#include "veil/base/random.h"

namespace veil {
namespace {

constexpr std::string_view kRandomPrefix = "random:";

int64_t bits_for(int64_t size) { return std::bit_width(static_cast<uint64_t>(size - 1)); }

// Counts upwards with the bits of a counter placed from the highest bit of row and column down, in turn, and leaves out
// what lies outside of the picture. The channels of a pixel follow each other.
std::vector<int64_t> bit_reversed(const TokenShape& shape) {
  const int64_t row_bits = bits_for(shape.height);
  const int64_t column_bits = bits_for(shape.width);
  std::vector<int64_t> order;
  for (int64_t count = 0; count < int64_t{1} << (row_bits + column_bits); ++count) {
    int64_t row = 0;
    int64_t column = 0;
    int64_t rest = count;
    for (int64_t level = 1; level <= std::max(row_bits, column_bits); ++level) {
      if (level <= row_bits) {
        row |= (rest & 1) << (row_bits - level);
        rest >>= 1;
      }
      if (level <= column_bits) {
        column |= (rest & 1) << (column_bits - level);
        rest >>= 1;
      }
    }
    for (int64_t c = 0; row < shape.height && column < shape.width && c < shape.channels; ++c) {
      order.push_back((row * shape.width + column) * shape.channels + c);
    }
  }
  return order;
}

}  // namespace

RevealOptions parse_reveal_order(std::string_view text) {
  RevealOptions options;
  if (text == "raster") {
    return options;
  }
  if (text == "bit-reversed") {
    options.order = RevealOrder::kBitReversed;
    return options;
  }
  options.order = RevealOrder::kRandom;
  const auto digits = text.substr(std::min(text.size(), kRandomPrefix.size()));
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), options.order_seed);
  require(text.starts_with(kRandomPrefix) && parsed.ec == std::errc{} && parsed.ptr == digits.data() + digits.size(),
          "the order is \"", shortened(text), "\", want raster, bit-reversed or random:SEED with a whole number");
  return options;
}

std::string reveal_order_name(const RevealOptions& options) {
  switch (options.order) {
    case RevealOrder::kRaster:
      return "raster";
    case RevealOrder::kBitReversed:
      return "bit-reversed";
    case RevealOrder::kRandom:
      break;
  }
  return concat(kRandomPrefix, options.order_seed);
}

std::vector<int64_t> reveal_order(const RevealOptions& options, const TokenShape& shape) {
  switch (options.order) {
    case RevealOrder::kBitReversed:
      return bit_reversed(shape);
    case RevealOrder::kRandom:
      return permutation({.seed = options.order_seed, .purpose = NoisePurpose::kRevealOrder}, shape.length());
    case RevealOrder::kRaster:
      break;
  }
  std::vector<int64_t> order(static_cast<size_t>(shape.length()));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

std::vector<int64_t> reveal_group_sizes(const RevealOptions& options, int64_t length) {
  if (!options.group_sizes.empty()) {
    const auto& sizes = options.group_sizes;
    require(std::all_of(sizes.begin(), sizes.end(), [](int64_t size) { return size >= 1; }) &&
                std::accumulate(sizes.begin(), sizes.end(), int64_t{0}) == length,
            "the sizes of the groups must be at least 1 each and add up to ", length, ", the tokens of an example");
    return sizes;
  }
  const int64_t groups = options.groups == 0 ? length : options.groups;
  require(groups >= 1 && groups <= length, "got ", groups, " groups, wanted 1 to ", length,
          ", the tokens of an example");
  std::vector<int64_t> sizes;
  for (int64_t j = 0; j < groups; ++j) {
    sizes.push_back((j + 1) * length / groups - j * length / groups);
  }
  return sizes;
}

}  // namespace veil
