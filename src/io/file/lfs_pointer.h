#pragma once

#include <string_view>

namespace veil::io {

/// What the pointer that Git LFS leaves in place of a file begins with.
inline constexpr std::string_view kLfsPointer = "version https://git-lfs";

}  // namespace veil::io
