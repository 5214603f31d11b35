#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace veil::io {

/// The data sets that have a name; datasets/NAME/README.md says what each is and how to get it.
[[nodiscard]] const std::vector<std::string>& known_datasets();

[[nodiscard]] bool is_known_dataset(const std::string& name);

/// The file or folder that a name from known_datasets() or a path means. Throws DataError if there is none (of a name
/// it says where it was looked for and how to get it), InvalidArgument if `source` is empty.
[[nodiscard]] std::filesystem::path find_dataset(const std::string& source);

}  // namespace veil::io
