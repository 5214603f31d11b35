#pragma once

#include <filesystem>
#include <vector>

namespace veil::io {

/// Learned powers by value (RunLayout::powers): for plots and people, the model holds them too. Throws IoError.
void write_powers(const std::filesystem::path& file, const std::vector<double>& powers);

/// Throws DataError if the file is missing, larger than 64 MiB or holds no list of numbers.
[[nodiscard]] std::vector<double> read_powers(const std::filesystem::path& file);

}  // namespace veil::io
