#include <limits>
#include <memory>

#include "io/image/decoders.h"
#include "veil/base/error.h"

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_BMP
#define STBI_ONLY_GIF
#define STBI_ONLY_TGA
#define STBI_NO_STDIO
#define STBI_NO_LINEAR
#define STBI_NO_HDR
#define STBI_MAX_DIMENSIONS 16384
#include <stb/stb_image.h>

namespace veil::io {
namespace {

using StbPixels = std::unique_ptr<stbi_uc, void (*)(void*)>;

std::vector<uint8_t> copy_of(const StbPixels& pixels, size_t size) { return {pixels.get(), pixels.get() + size}; }

}  // namespace

std::vector<uint8_t> stb_pixels(std::span<const uint8_t> bytes, int64_t width, int64_t height, int64_t channels) {
  require<DataError>(bytes.size() <= static_cast<size_t>(std::numeric_limits<int>::max()), "a file of ", bytes.size(),
                     " bytes, want less than 2 GiB");
  int found_width = 0;
  int found_height = 0;
  int found_channels = 0;
  const StbPixels pixels(stbi_load_from_memory(bytes.data(), static_cast<int>(bytes.size()), &found_width,
                                               &found_height, &found_channels, static_cast<int>(channels)),
                         stbi_image_free);
  require<DataError>(pixels != nullptr, "the image data are damaged or of a kind that is not read (",
                     stbi_failure_reason(), ")");
  require<DataError>(found_width == width && found_height == height, "the image data contradict themselves in size");
  return copy_of(pixels, static_cast<size_t>(width * height * channels));
}

}  // namespace veil::io
