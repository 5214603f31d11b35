#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "veil/data/dataset.h"

namespace veil::io {

/// How many images of `scored` are in `trained` too, token for token, whatever their labels: found by SHA-256, each
/// image read once. Absent for texts, whose windows overlap, and where both together have more than 1 GiB of tokens.
/// progress(done, in all) is called now and then, and may throw.
[[nodiscard]] std::optional<int64_t> count_shared(const Dataset& scored, const Dataset& trained,
                                                  const std::function<void(int64_t, int64_t)>& progress = {});

}  // namespace veil::io
