#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "veil/io/dataset/prepared_images.h"

namespace veil::io {

/// Files that are not taken for one reason.
struct RefusalGroup {
  int64_t count = 0;
  std::string reason;        ///< of the first of them; of images that are too small in words for all
  std::string example;       ///< the first of them
  int64_t largest_size = 0;  ///< of images that are only too small: the largest size that takes all of them; else 0
};

/// The refusals by reason, the most frequent first; reasons that differ in numbers alone are one. `fit`: what the
/// images were to become.
[[nodiscard]] std::vector<RefusalGroup> refusal_groups(const std::vector<Refusal>& refused, const FitOptions& fit);

/// A group without its number: "smaller than 64x64, such as a.png; data.upscale true enlarges them, data.size 32 takes
/// them all" or "b.png: the file is empty". Printable.
[[nodiscard]] std::string describe(const RefusalGroup& group);

/// A line for each group, the numbers one below the other, and one for those behind the first `most`.
[[nodiscard]] std::vector<std::string> refusal_lines(const std::vector<RefusalGroup>& groups, size_t most);

/// [{"reason", "count", "example"}], of at most `most` groups, each text cut after `longest` bytes.
[[nodiscard]] nlohmann::ordered_json refusals_json(const std::vector<RefusalGroup>& groups, size_t most,
                                                   size_t longest);

/// The side of squares that images whose smallest is this large become without being enlarged: a multiple of 4, which
/// networks can halve, where that is possible.
[[nodiscard]] int64_t convenient_size(int64_t smallest);

}  // namespace veil::io
