#include "veil/io/image/png_file.h"

#include <png.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "io/file/files.h"
#include "io/image/picture_mark.h"
#include "io/image/png_chunks.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr int64_t kMaxSide = 65535;
constexpr size_t kHeaderEnd = 8 + 25;  // signature, IHDR chunk
constexpr size_t kMaxText = size_t{1} << 20;

bool is_key(std::string_view key) {
  return !key.empty() && key.size() <= 79 && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(" -_.").find(c) != std::string_view::npos;
  });
}

/// An uncompressed iTXt chunk (PNG specification, 11.3.4.5): the one kind of comment that holds UTF-8.
void append_text(std::vector<uint8_t>& bytes, const std::string& key, const std::string& text) {
  require(is_key(key),
          "a PNG comment has a key that is empty, longer than 79 or not of letters, digits, blanks and -_.");
  require(text.size() <= kMaxText && text.find('\0') == std::string::npos, "the PNG comment ", key,
          " is longer than 1 MiB or holds a zero byte");
  std::vector<uint8_t> content(key.begin(), key.end());
  content.insert(content.end(), {0, 0, 0, 0, 0});  // end of key, not compressed, method, no language, no translated key
  content.insert(content.end(), text.begin(), text.end());
  append_chunk(bytes, "iTXt", content);
}

}  // namespace

std::vector<uint8_t> encode_png(const Pixels& image, const PngText& text) {
  require(image.channels == 1 || image.channels == 3, "image has ", image.channels, " channels, want 1 or 3");
  require(image.height >= 1 && image.height <= kMaxSide && image.width >= 1 && image.width <= kMaxSide,
          "image has shape ", shape_text(image.shape()), ", want sides in 1 .. ", kMaxSide);
  require(std::ssize(image.values) == image.shape().length(), "image has ", image.values.size(), " values, want ",
          image.shape().length(), " for ", shape_text(image.shape()));
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  header.height = static_cast<png_uint_32>(image.height);
  header.width = static_cast<png_uint_32>(image.width);
  header.format = image.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(header);
  std::vector<uint8_t> encoded(size);
  const int done = png_image_write_to_memory(&header, encoded.data(), &size, /*convert_to_8bit=*/0, image.values.data(),
                                             /*row_stride=*/0, /*colormap=*/nullptr);
  require<std::runtime_error>(done != 0, "libpng: ", header.message);
  encoded.resize(size);
  return with_png_text(encoded, text);
}

std::vector<uint8_t> with_png_text(const std::vector<uint8_t>& png, const PngText& text) {
  const auto body = png.begin() + kHeaderEnd;
  std::vector<uint8_t> bytes(png.begin(), body);
  for (const auto& [key, value] : text) {
    append_text(bytes, key, value);
  }
  bytes.insert(bytes.end(), body, png.end());
  return bytes;
}

void write_png(const std::filesystem::path& path, const Pixels& image, const PngText& text) {
  write_file(path, encode_png(image, text));
}

}  // namespace veil::io
