#include "veil/io/image/fit_image.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <utility>
#include <vector>

#include "base/words.h"
#include "io/image/resample.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

void check(const Pixels& image) {
  require(image.height > 0 && image.width > 0 && (image.channels == 1 || image.channels == 3) &&
              static_cast<int64_t>(image.values.size()) == image.height * image.width * image.channels,
          "the image has ", image.values.size(), " values, ", image.width, " x ", image.height, " pixels and ",
          image.channels, " channels, which do not fit");
}

Pixels resize_by_area(Pixels image, int64_t size) {
  Pixels result{.height = size, .width = size, .channels = image.channels, .values = {}};
  result.values.resize(static_cast<size_t>(size * size * image.channels));
  const int type = CV_8UC(static_cast<int>(image.channels));
  const auto side = static_cast<int>(size);
  const cv::Mat in(static_cast<int>(image.height), static_cast<int>(image.width), type, image.values.data());
  cv::Mat out(side, side, type, result.values.data());
  cv::resize(in, out, out.size(), 0, 0, size > image.height ? cv::INTER_LINEAR : cv::INTER_AREA);
  return result;
}

Pixels resize(Pixels image, int64_t size, ResizeFilter filter) {
  if (image.height == size) {
    return image;
  }
  if (filter == ResizeFilter::kArea) {
    return resize_by_area(std::move(image), size);
  }
  return resample(image, size, size, filter == ResizeFilter::kBox ? ResampleKernel::kBox : ResampleKernel::kLanczos);
}

// ITU-R BT.601, its three weights rounded to multiples of 2^-16, of which they make up exactly 1.
uint8_t luma(const uint8_t* pixel) {
  return static_cast<uint8_t>((19595U * pixel[0] + 38470U * pixel[1] + 7471U * pixel[2] + 32768U) >> 16);
}

Pixels with_channels(Pixels image, int64_t channels) {
  if (channels == 0 || channels == image.channels) {
    return image;
  }
  Pixels result{.height = image.height, .width = image.width, .channels = channels, .values = {}};
  const auto count = static_cast<size_t>(image.height * image.width);
  result.values.reserve(count * static_cast<size_t>(channels));
  for (size_t i = 0; i < count; ++i) {
    if (channels == 1) {
      result.values.push_back(luma(&image.values[3 * i]));
    } else {
      result.values.insert(result.values.end(), 3, image.values[i]);
    }
  }
  return result;
}

const char* name_of(ResizeFilter filter) {
  switch (filter) {
    case ResizeFilter::kArea:
      return "area";
    case ResizeFilter::kBox:
      return "box";
    case ResizeFilter::kLanczos:
      return "Lanczos";
  }
  throw InvalidArgument("no such filter to resize images");
}

}  // namespace

void check_options(const FitOptions& options) {
  check_option({"size"}, options.size, FitRanges::kSize);
  require<InvalidOption>(contains(FitRanges::kChannels, options.channels) && options.channels != 2, Field{"channels"},
                         " is ", options.channels, ", want 1, 3, or 0 to leave them as they are");
}

Pixels centre_of(const Pixels& image, int64_t height, int64_t width) {
  check(image);
  require(height >= 1 && height <= image.height && width >= 1 && width <= image.width, "the middle ", width, " x ",
          height, " of an image of ", image.width, " x ", image.height, " pixels is wanted");
  const int64_t top = (image.height - height) / 2;
  const int64_t left = (image.width - width) / 2;
  Pixels middle{.height = height, .width = width, .channels = image.channels, .values = {}};
  middle.values.reserve(static_cast<size_t>(height * width * image.channels));
  for (int64_t y = top; y < top + height; ++y) {
    const auto row = image.values.begin() + (y * image.width + left) * image.channels;
    middle.values.insert(middle.values.end(), row, row + width * image.channels);
  }
  return middle;
}

Pixels fit_image(const Pixels& image, const FitOptions& options) {
  check_options(options);
  check(image);
  if (options.size == 0) {
    return with_channels(image, options.channels);
  }
  const int64_t side = std::min(image.height, image.width);
  require<DataError>(options.upscale || side >= options.size, image.width, " x ", image.height,
                     " pixels, smaller than ", options.size, " x ", options.size, ", and it may not be enlarged");
  return with_channels(resize(centre_of(image, side, side), options.size, options.filter), options.channels);
}

std::string describe(const FitOptions& options) {
  check_options(options);
  std::vector<std::string> parts;
  if (options.size != 0) {
    parts.push_back(concat("centre crop, ", name_of(options.filter), " filter to ", options.size, "x", options.size,
                           options.upscale ? ", smaller ones enlarged" : ""));
  }
  if (options.channels != 0) {
    parts.emplace_back(options.channels == 1 ? "grey" : "three channels");
  }
  return parts.empty() ? "as they are" : joined(parts);
}

}  // namespace veil::io
