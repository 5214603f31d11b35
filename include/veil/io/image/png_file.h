#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace veil::io {

/// Key and text of comments inside a PNG file. Keys: 1 to 79 characters of ASCII letters, digits, spaces and "-_.";
/// texts: UTF-8.
using PngText = std::map<std::string, std::string>;

/// A PNG file with 8 bits a channel. The same input gives the same bytes; no time is stored.
///   image: uint8 [H, W, C] on the CPU, C = 1 (grey) or 3 (red, green, blue); H, W in 1 .. 65535.
/// Throws InvalidArgument for other shapes, types and keys.
[[nodiscard]] std::vector<uint8_t> encode_png(const torch::Tensor& image, const PngText& text = {});

/// The same, written atomically (see write_file). Throws IoError.
void write_png(const std::filesystem::path& path, const torch::Tensor& image, const PngText& text = {});

}  // namespace veil::io
