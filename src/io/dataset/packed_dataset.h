#pragma once

#include <memory>
#include <string>

#include "io/packed/packed_file.h"
#include "veil/data/dataset.h"

namespace veil::io {

/// A split of a packed file, read as it is needed; the labels alone are held in memory. Throws DataError.
[[nodiscard]] std::unique_ptr<Dataset> open_packed_dataset(std::shared_ptr<const PackedFile> file,
                                                           const std::string& split);

}  // namespace veil::io
