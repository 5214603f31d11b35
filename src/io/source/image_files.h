#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "veil/io/source/image_source.h"

namespace veil::io {

/// All files of a folder and its sub-folders as images; what begins with a dot is left out, links are followed, but not
/// to a folder above them. Throws DataError if there is no file or a folder cannot be read.
[[nodiscard]] std::unique_ptr<ImageSource> open_image_folder(const std::filesystem::path& folder);

/// The same of the members of archives (tar, plain or gzip, and zip), read in place. Of several in the folder `path`,
/// each is the split that its name says; `path` is the file itself if there is one.
[[nodiscard]] std::unique_ptr<ImageSource> open_image_archives(const std::filesystem::path& path,
                                                               const std::vector<std::filesystem::path>& files);

}  // namespace veil::io
