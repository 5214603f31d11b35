#pragma once

#include <torch/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace veil::io {

/// The texts of tokens: int64 [N, L] on the CPU, values below the size of `alphabet`, one letter each. Throws
/// InvalidArgument on a value out of range.
[[nodiscard]] std::vector<std::string> tokens_to_texts(const torch::Tensor& tokens, const std::string& alphabet);

/// Writes one text a line, atomically. Throws IoError.
void write_texts(const std::filesystem::path& path, const std::vector<std::string>& texts);

}  // namespace veil::io
