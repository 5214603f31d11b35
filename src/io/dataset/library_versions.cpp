#include "io/dataset/library_versions.h"

#include <hdf5.h>
#include <jpeglib.h>
#include <png.h>
#include <webp/decode.h>

#include <cstdio>  // jpeglib.h uses FILE without it
#include <opencv2/core/version.hpp>

#include "veil/base/error.h"

namespace veil::io {

std::map<std::string, std::string> library_versions() {
  const auto webp = static_cast<unsigned>(WebPGetDecoderVersion());
  const auto turbo = static_cast<unsigned>(LIBJPEG_TURBO_VERSION_NUMBER);
  return {{"libpng", png_get_libpng_ver(nullptr)},
          {"libjpeg-turbo", concat(turbo / 1'000'000, ".", turbo / 1000 % 1000, ".", turbo % 1000)},
          {"libwebp", concat(webp >> 16, ".", webp >> 8 & 0xff, ".", webp & 0xff)},
          {"opencv", CV_VERSION},
          {"hdf5", H5_VERS_INFO}};
}

}  // namespace veil::io
