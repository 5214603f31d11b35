#pragma once

#include <memory>
#include <vector>

#include "veil/toys/toy.h"

namespace veil {

/// One toy of every kind, of a size at which thousands of examples take seconds.
[[nodiscard]] std::vector<std::unique_ptr<Toy>> toy_suite();

/// The same kinds so small that joint_of can enumerate them.
[[nodiscard]] std::vector<std::unique_ptr<Toy>> small_toy_suite();

}  // namespace veil
