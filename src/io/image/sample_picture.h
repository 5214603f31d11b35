#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "veil/io/image/pixels.h"

namespace veil::io {

/// The name of the picture of one sample, "000012.png": its number, of six digits or more.
[[nodiscard]] std::string sample_picture_name(int64_t number);

/// Writes the picture of a sample into a folder, under that name and marked as one sample. Throws IoError.
void write_sample_picture(const std::filesystem::path& folder, int64_t number, const Pixels& image);

/// Whether a file is what write_sample_picture left, by its name and its mark.
[[nodiscard]] bool is_sample_picture(const std::filesystem::path& file);

}  // namespace veil::io
