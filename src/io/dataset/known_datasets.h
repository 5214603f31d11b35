#pragma once

#include <filesystem>
#include <string>

namespace veil::io {

/// The folder or file of a data set from known_datasets(). Throws DataError that says where it was looked for and how
/// to get it.
[[nodiscard]] std::filesystem::path find_known_dataset(const std::string& name);

}  // namespace veil::io
