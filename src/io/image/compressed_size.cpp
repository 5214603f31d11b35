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

bool has_codec(Codec codec) {
#ifdef VEIL_WITH_JXL
  return codec == Codec::kPng || codec == Codec::kWebP || codec == Codec::kJpegXl;
#else
  return codec == Codec::kPng || codec == Codec::kWebP;
#endif
}

std::optional<int64_t> compressed_size(const Pixels& image, Codec codec) {
  check(image);
  if (!has_codec(codec)) {
    return std::nullopt;
  }
  switch (codec) {
    case Codec::kPng:
      return static_cast<int64_t>(encode_smallest_png(image).size());
    case Codec::kWebP:
      return static_cast<int64_t>(encode_lossless_webp(image).size());
    case Codec::kJpegXl:
#ifdef VEIL_WITH_JXL
      return static_cast<int64_t>(encode_lossless_jxl(image).size());
#else
      return std::nullopt;
#endif
  }
  throw InvalidArgument("no such codec");
}

}  // namespace veil::io
