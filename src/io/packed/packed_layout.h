#pragma once

#include <cstdint>

namespace veil::io {

// Names inside a packed file; docs/file-formats.md describes them.
inline constexpr const char* kPackedFormat = "veil images";
inline constexpr int64_t kPackedVersion = 1;
inline constexpr const char* kTokens = "tokens";
inline constexpr const char* kLabels = "labels";
inline constexpr const char* kNames = "names";
inline constexpr const char* kDuplicates = "duplicates";
inline constexpr const char* kDropped = "dropped";
inline constexpr const char* kClassNames = "class_names";
inline constexpr const char* kTokensDigest = "sha256";
inline constexpr const char* kLabelsDigest = "labels_sha256";
inline constexpr const char* kNamesDigest = "names_sha256";
inline constexpr const char* kClassNamesDigest = "class_names_sha256";
inline constexpr int64_t kMaxAttribute = 60'000;  // bytes; the library stores no more than 64 KiB with an object
inline constexpr int64_t kMaxClassName = 1024;    // bytes
inline constexpr int64_t kMaxName = 4096;         // bytes, of an image: what a path may have

}  // namespace veil::io
