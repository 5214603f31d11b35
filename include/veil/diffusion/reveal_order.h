#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "veil/data/token_shape.h"

namespace veil {

/// In what order a fixed rule reveals the tokens of an example.
enum class RevealOrder {
  kRaster,       ///< as they are stored: row by row, channels of a pixel together
  kBitReversed,  ///< spread first, then ever finer: bits of row and column interleaved, highest first; any size
  kRandom,       ///< one random order for all examples
};

struct RevealOptions {
  RevealOrder order = RevealOrder::kRaster;
  uint64_t order_seed = 0;  ///< kRandom
  int64_t groups = 0;  ///< tokens are revealed in this many groups of sizes that differ by 1 at most; 0: one by one
  std::vector<int64_t> group_sizes = {};  ///< sizes of the groups in order, instead of `groups`
};

/// "raster", "bit-reversed" or "random:SEED", one token at a time. Throws InvalidArgument that says what is allowed.
[[nodiscard]] RevealOptions parse_reveal_order(std::string_view text);

/// The text that gives this order: "random:3".
[[nodiscard]] std::string reveal_order_name(const RevealOptions& options);

/// The positions 0 .. L-1 in the order in which they are revealed.
[[nodiscard]] std::vector<int64_t> reveal_order(const RevealOptions& options, const TokenShape& shape);

/// Sizes of the groups; they add up to `length`. Throws InvalidArgument if those of `options` do not, or if one is
/// below 1.
[[nodiscard]] std::vector<int64_t> reveal_group_sizes(const RevealOptions& options, int64_t length);

}  // namespace veil
