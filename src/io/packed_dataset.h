#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "veil/data/dataset.h"
#include "veil/io/fit_image.h"
#include "veil/io/image_source.h"

namespace veil::io {

/// A split of a packed file, read as it is needed; the labels alone are held in memory. Throws DataError.
[[nodiscard]] std::unique_ptr<Dataset> open_packed_dataset(const std::filesystem::path& path, const std::string& split);

/// What is known of a split of `source` after `fit`, but for shape and fingerprint.
[[nodiscard]] DatasetInfo described(const SourceInfo& source, const std::string& split, const FitOptions& fit);

}  // namespace veil::io
