#pragma once

#include <cstdint>

namespace veil::io {

// Names inside a packed file; docs/file-formats.md describes them.
inline constexpr const char* kPackedFormat = "veil images";
inline constexpr int64_t kPackedVersion = 1;
inline constexpr const char* kTokens = "tokens";
inline constexpr const char* kLabels = "labels";
inline constexpr const char* kClassNames = "class_names";
inline constexpr int64_t kMaxAttribute = 60'000;  // bytes; the library stores no more than 64 KiB with an object
inline constexpr int64_t kMaxClassName = 1024;    // bytes
inline constexpr int64_t kMaxClasses = 100'000;

}  // namespace veil::io
