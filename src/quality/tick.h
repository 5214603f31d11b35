#pragma once

#include <functional>

namespace veil {

/// Called with the share of a piece of work that is done, in (0, 1]; may throw to stop it.
using Tick = std::function<void(double share)>;

/// Images that are looked at together: what bounds the memory.
inline constexpr int64_t kImageBlock = 250;

}  // namespace veil
