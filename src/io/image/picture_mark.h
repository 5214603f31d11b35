#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "io/file/file_mark.h"
#include "veil/io/image/png_file.h"

namespace veil::io {

/// The comment of a PNG file that veil draws: the program, and in brackets what is to be seen.
[[nodiscard]] inline PngText picture_mark(std::string_view content) { return {{"Software", file_mark(content)}}; }

/// A PNG file with comments right behind its header. Throws InvalidArgument for texts that encode_png refuses.
[[nodiscard]] std::vector<uint8_t> with_png_text(const std::vector<uint8_t>& png, const PngText& text);

}  // namespace veil::io
