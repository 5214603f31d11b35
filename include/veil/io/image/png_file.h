#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "veil/io/image/pixels.h"

namespace veil::io {

/// Key and text of comments inside a PNG file. Keys: 1 to 79 characters of ASCII letters, digits, spaces and "-_.";
/// texts: UTF-8.
using PngText = std::map<std::string, std::string>;

/// A PNG file with 8 bits a channel. The same input gives the same bytes; no time is stored. Throws InvalidArgument
/// unless height and width are in 1 .. 65535, channels is 1 or 3, there are as many values as that makes, and the keys
/// and texts are as above, without zero bytes and at most 1 MiB long.
[[nodiscard]] std::vector<uint8_t> encode_png(const Pixels& image, const PngText& text = {});

/// The same, written atomically (see write_file). Throws IoError.
void write_png(const std::filesystem::path& path, const Pixels& image, const PngText& text = {});

}  // namespace veil::io
