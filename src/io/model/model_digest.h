#pragma once

#include <string>

#include "veil/io/format/safetensors.h"

namespace veil::io {

/// The metadata of a model file that holds its digest.
inline constexpr const char* kDigestName = "veil.sha256";

/// SHA-256, in hexadecimal, of what a model file says, in whatever order it says it: of every metadata text but
/// kDigestName, by name, and then of every tensor, by name (docs/file-formats.md). Tensors may be on any device. Throws
/// InvalidArgument for a tensor that a file cannot hold.
[[nodiscard]] std::string model_digest(const TensorFile& file);

}  // namespace veil::io
