#pragma once

#include <c10/core/ScalarType.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

// What the reader and the writer of safetensors files agree on: an 8-byte little-endian header length, a JSON header,
// the data. https://github.com/huggingface/safetensors describes the format.
namespace veil::io::safetensors {

static_assert(std::endian::native == std::endian::little,
              "the format is little-endian and data are copied as they are");

inline constexpr int64_t kLengthBytes = 8;
inline constexpr int64_t kMaxHeaderBytes = int64_t{16} << 20;
inline constexpr size_t kMaxTensors = 100'000;
inline constexpr size_t kMaxRank = 8;
inline constexpr const char* kMetadataName = "__metadata__";

struct DtypeName {
  const char* name;
  at::ScalarType type;
};
inline constexpr std::array<DtypeName, 10> kDtypes{{{"F64", at::kDouble},
                                                    {"F32", at::kFloat},
                                                    {"F16", at::kHalf},
                                                    {"BF16", at::kBFloat16},
                                                    {"I64", at::kLong},
                                                    {"I32", at::kInt},
                                                    {"I16", at::kShort},
                                                    {"I8", at::kChar},
                                                    {"U8", at::kByte},
                                                    {"BOOL", at::kBool}}};

inline const DtypeName* find_dtype(std::string_view name) {
  const auto* found = std::find_if(kDtypes.begin(), kDtypes.end(), [&](const auto& d) { return name == d.name; });
  return found == kDtypes.end() ? nullptr : found;
}

inline const DtypeName* find_dtype(at::ScalarType type) {
  const auto* found = std::find_if(kDtypes.begin(), kDtypes.end(), [&](const auto& d) { return type == d.type; });
  return found == kDtypes.end() ? nullptr : found;
}

}  // namespace veil::io::safetensors
