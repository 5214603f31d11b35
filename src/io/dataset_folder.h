#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "veil/data/dataset.h"

namespace veil::io {

/// True if the folder holds files that open_folder() would look at.
[[nodiscard]] bool holds_dataset(const std::filesystem::path& folder);

/// Opens one split of a folder. `name`: of the data set, or empty to recognise it. Throws DataError.
[[nodiscard]] std::unique_ptr<Dataset> open_folder(const std::filesystem::path& folder, const std::string& split,
                                                   const std::string& name);

/// The same for one file, which is all of the split.
[[nodiscard]] std::unique_ptr<Dataset> open_file(const std::filesystem::path& path, const std::string& split);

// One pair for each format.
[[nodiscard]] std::unique_ptr<Dataset> open_idx_folder(const std::filesystem::path& folder, const std::string& split,
                                                       const std::string& name);
[[nodiscard]] std::unique_ptr<Dataset> open_idx_file(const std::filesystem::path& path, const std::string& split);
[[nodiscard]] std::unique_ptr<Dataset> open_cifar10_folder(const std::filesystem::path& folder,
                                                           const std::string& split, const std::string& name);
[[nodiscard]] std::unique_ptr<Dataset> open_cifar10_file(const std::filesystem::path& path, const std::string& split);

/// "custom-" and the last part of the path: the name of data that nobody knows.
[[nodiscard]] std::string custom_name(const std::filesystem::path& path);

/// What is in the folder, in the order of the names. Throws DataError if it cannot be read.
[[nodiscard]] std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder);

/// The first of the sorted `files` whose name begins with a prefix, earlier prefixes first; so an unpacked file comes
/// before the packed one beside it.
[[nodiscard]] std::optional<std::filesystem::path> find_file(const std::vector<std::filesystem::path>& files,
                                                             const std::vector<std::string>& prefixes);

}  // namespace veil::io
