#pragma once

#include <filesystem>
#include <memory>

#include "veil/io/source/image_source.h"

namespace veil::io {

/// A packed HDF5 file as a stream, a few megabytes at a time. Throws DataError.
[[nodiscard]] std::unique_ptr<ImageSource> open_packed_source(const std::filesystem::path& path);

}  // namespace veil::io
