#pragma once

#include <filesystem>
#include <string>

namespace veil::io {

/// SHA-256 of the weights in a model file, in lower-case hexadecimal: of all bytes behind its header, which are those
/// of the tensors in their order. What the header says of the run that made them, which may change when the run goes
/// on, is not in it. Throws DataError if the file cannot be read or is cut before the end of its header.
[[nodiscard]] std::string weights_sha256(const std::filesystem::path& model);

}  // namespace veil::io
