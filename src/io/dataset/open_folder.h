#pragma once

#include <filesystem>
#include <memory>

#include "veil/io/source/image_source.h"

namespace veil::io {

/// Opens what a folder holds, and says in info() what was left out; open_source() has the rule. Throws DataError.
[[nodiscard]] std::unique_ptr<ImageSource> open_folder(const std::filesystem::path& folder);

}  // namespace veil::io
