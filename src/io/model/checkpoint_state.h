#pragma once

#include <filesystem>
#include <string>

#include "veil/io/model/checkpoint.h"

namespace veil::io {

/// Text of state.json: all of a checkpoint but its tensors, the digests of the tensor files in `path`, and its own.
[[nodiscard]] std::string make_state(const Checkpoint& checkpoint, const std::filesystem::path& path);

/// Reads path/state.json and verifies every digest. The result has no tensors. Throws DataError.
[[nodiscard]] Checkpoint read_state(const std::filesystem::path& path);

}  // namespace veil::io
