#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "veil/io/source/image_source.h"

namespace veil::io {

// One line for each format: a folder (`files`: what is directly in it, sorted) or one file of it. `name`: of the data
// set, or empty to recognise it. All throw DataError.
[[nodiscard]] std::unique_ptr<ImageSource> open_idx_folder(const std::filesystem::path& folder,
                                                           const std::vector<std::filesystem::path>& files,
                                                           const std::string& name);
[[nodiscard]] std::unique_ptr<ImageSource> open_idx_file(const std::filesystem::path& path);
[[nodiscard]] std::unique_ptr<ImageSource> open_cifar_folder(const std::filesystem::path& folder,
                                                             const std::vector<std::filesystem::path>& files,
                                                             const std::string& name);
[[nodiscard]] std::unique_ptr<ImageSource> open_cifar_file(const std::filesystem::path& path);
[[nodiscard]] std::unique_ptr<ImageSource> open_numpy_files(const std::filesystem::path& path,
                                                            const std::vector<std::filesystem::path>& files);

}  // namespace veil::io
