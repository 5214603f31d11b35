#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "veil/io/source/image_source.h"

namespace veil::io {

// One line for each format: a folder (`files`: what is directly in it, sorted) or one file of it. The name of the data
// set is recognised by content. All throw DataError.
[[nodiscard]] std::unique_ptr<ImageSource> open_idx_folder(const std::filesystem::path& folder,
                                                           const std::vector<std::filesystem::path>& files);
[[nodiscard]] std::unique_ptr<ImageSource> open_idx_file(const std::filesystem::path& path);
[[nodiscard]] std::unique_ptr<ImageSource> open_cifar_folder(const std::filesystem::path& folder,
                                                             const std::vector<std::filesystem::path>& files);
[[nodiscard]] std::unique_ptr<ImageSource> open_cifar_file(const std::filesystem::path& path);
[[nodiscard]] std::unique_ptr<ImageSource> open_numpy_files(const std::filesystem::path& path,
                                                            const std::vector<std::filesystem::path>& files);

/// Whether a file of that name in such a folder is one of the format: read there, not left out.
[[nodiscard]] bool is_idx_name(const std::filesystem::path& path);
[[nodiscard]] bool is_cifar_name(const std::filesystem::path& path);

/// Whether the files of a folder are records of CIFAR: by the names of CIFAR-10's, by content for train.bin and
/// test.bin.
[[nodiscard]] bool is_cifar_folder(const std::vector<std::filesystem::path>& files);

/// How many images are in NumPy files. 0 for files that cannot be read or have none.
[[nodiscard]] int64_t images_in_numpy_files(const std::vector<std::filesystem::path>& files);

}  // namespace veil::io
