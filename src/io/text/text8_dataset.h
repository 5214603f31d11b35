#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "veil/data/dataset.h"

namespace veil::io {

/// One split of text8 (the first 10^8 letters of a cleaned Wikipedia; 27 symbols): of its file text8, the first 90 %
/// are train, in windows of 256 at every offset; the next 5 % are valid and the last 5 % test, in windows beside each
/// other. Throws DataError if the file has not 100,000,000 bytes or one that is not a lower-case letter or a blank.
[[nodiscard]] std::unique_ptr<Dataset> open_text8(const std::filesystem::path& folder, const std::string& split);

/// True if the path is a folder with a file called text8.
[[nodiscard]] bool holds_text8(const std::filesystem::path& path);

}  // namespace veil::io
