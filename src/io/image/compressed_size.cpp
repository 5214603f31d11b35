#include "io/image/compressed_size.h"

#include "io/image/encoders.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr int64_t kMaxSide = 16383;

void check(const Pixels& image) {
  require(image.height >= 1 && image.height <= kMaxSide && image.width >= 1 && image.width <= kMaxSide,
          "the image to be compressed is ", image.width, " x ", image.height, " pixels, want 1 .. ", kMaxSide,
          " on a side");
  require((image.channels == 1 || image.channels == 3) &&
              static_cast<int64_t>(image.values.size()) == image.height * image.width * image.channels,
          "the image to be compressed has ", image.channels, " channels and ", image.values.size(),
          " values, which do not fit");
}

}  // namespace

const char* compressor_name(Compressor compressor) {
  switch (compressor) {
    case Compressor::kPng:
      return "PNG";
    case Compressor::kWebP:
      return "WebP lossless";
    case Compressor::kJpegXl:
      return "JPEG XL";
  }
  throw InvalidArgument("no such compressor");
}

bool has_compressor(Compressor compressor) {
#ifdef VEIL_WITH_JXL
  return compressor == Compressor::kPng || compressor == Compressor::kWebP || compressor == Compressor::kJpegXl;
#else
  return compressor == Compressor::kPng || compressor == Compressor::kWebP;
#endif
}

std::optional<int64_t> compressed_size(const Pixels& image, Compressor compressor) {
  check(image);
  if (!has_compressor(compressor)) {
    return std::nullopt;
  }
  switch (compressor) {
    case Compressor::kPng:
      return static_cast<int64_t>(encode_smallest_png(image).size());
    case Compressor::kWebP:
      return static_cast<int64_t>(encode_lossless_webp(image).size());
    case Compressor::kJpegXl:
#ifdef VEIL_WITH_JXL
      return static_cast<int64_t>(encode_lossless_jxl(image).size());
#else
      return std::nullopt;
#endif
  }
  throw InvalidArgument("no such compressor");
}

}  // namespace veil::io
