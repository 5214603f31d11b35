#pragma once

#include <functional>

namespace veil {

/// Calls `work` on every core at once, on this thread too, and comes back when all calls have ended. Rethrows the first
/// exception of any of them.
void on_all_cores(const std::function<void()>& work);

}  // namespace veil
