#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "io/dataset/export_images.h"
#include "veil/io/dataset/prepared_images.h"
#include "veil/io/source/image_source.h"

namespace veil::io {

/// An image, and its number within the split that it belongs to.
using ExportImage = std::function<void(const std::string& split, int64_t number, const PreparedImage& image)>;

/// Gives every image of every split to `write`. A source without splits is divided by content. Throws DataError where
/// no image can be used, and what the callbacks throw.
ExportResult for_each_exported(const ImageSource& source, const PrepareOptions& options, const ExportImage& write,
                               const ImageProgress& progress);

/// ExportFormat::kNpz of export_images().
ExportResult export_npz(const ImageSource& source, const std::filesystem::path& target, const PrepareOptions& options,
                        const ImageProgress& progress);

}  // namespace veil::io
