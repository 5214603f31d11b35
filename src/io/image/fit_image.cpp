#include "veil/io/image/fit_image.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <opencv2/imgproc.hpp>
#include <system_error>
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

Pixels resize_by_area(Pixels image, int64_t height, int64_t width) {
  Pixels result{.height = height, .width = width, .channels = image.channels, .values = {}};
  result.values.resize(static_cast<size_t>(height * width * image.channels));
  const int type = CV_8UC(static_cast<int>(image.channels));
  const cv::Mat in(static_cast<int>(image.height), static_cast<int>(image.width), type, image.values.data());
  cv::Mat out(static_cast<int>(height), static_cast<int>(width), type, result.values.data());
  const bool is_larger = std::max(height, width) > std::max(image.height, image.width);
  cv::resize(in, out, out.size(), 0, 0, is_larger ? cv::INTER_LINEAR : cv::INTER_AREA);
  return result;
}

Pixels resize(Pixels image, int64_t height, int64_t width, ResizeFilter filter) {
  if (image.height == height && image.width == width) {
    return image;
  }
  if (filter == ResizeFilter::kArea) {
    return resize_by_area(std::move(image), height, width);
  }
  return resample(image, height, width, filter == ResizeFilter::kBox ? ResampleKernel::kBox : ResampleKernel::kLanczos);
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

// The shorter side where the longer one becomes `size`.
int64_t to_scale(int64_t shorter, int64_t longer, int64_t size) {
  return std::max<int64_t>((2 * shorter * size + longer) / (2 * longer), 1);
}

// The whole image, as large as the square lets it be.
Pixels shrunk_into(const Pixels& image, const FitOptions& options) {
  const int64_t longer = std::max(image.height, image.width);
  return resize(image, to_scale(image.height, longer, options.size), to_scale(image.width, longer, options.size),
                options.filter);
}

// An image in the middle of a square of one colour.
Pixels padded(const Pixels& image, int64_t size, const Colour& colour) {
  const Pixels one{.height = 1, .width = 1, .channels = 3, .values = {colour.red, colour.green, colour.blue}};
  const auto pixel = with_channels(one, image.channels).values;
  Pixels square{.height = size, .width = size, .channels = image.channels, .values = {}};
  square.values.reserve(static_cast<size_t>(size * size * image.channels));
  for (int64_t i = 0; i < size * size; ++i) {
    square.values.insert(square.values.end(), pixel.begin(), pixel.end());
  }
  const int64_t top = (size - image.height) / 2;
  const int64_t left = (size - image.width) / 2;
  const int64_t row = image.width * image.channels;
  for (int64_t y = 0; y < image.height; ++y) {
    std::copy_n(image.values.begin() + y * row, row,
                square.values.begin() + ((top + y) * size + left) * image.channels);
  }
  return square;
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
  require<InvalidOption>(options.fit == FitKind::kCrop || options.size > 0, Field{"fit"}, " is pad, but ",
                         Field{"size"}, " is 0, want the side of the squares that images are padded to, 64 say");
  require<InvalidOption>(options.fit == FitKind::kPad || options.padding == Colour{}, Field{"padding"}, " is ",
                         colour_text(options.padding), ", but ", Field{"fit"},
                         " is crop, which pads nothing, want pad, or white for the padding");
}

int64_t largest_size(const Pixels& image, FitKind fit) {
  return fit == FitKind::kPad ? std::max(image.height, image.width) : std::min(image.height, image.width);
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
  require<DataError>(options.upscale || largest_size(image, options.fit) >= options.size, image.width, " x ",
                     image.height, " pixels, smaller than ", options.size, " x ", options.size,
                     ", and it may not be enlarged");
  if (options.fit == FitKind::kPad) {
    return padded(with_channels(shrunk_into(image, options), options.channels), options.size, options.padding);
  }
  const int64_t shorter = std::min(image.height, image.width);
  auto square = resize(centre_of(image, shorter, shorter), options.size, options.size, options.filter);
  return with_channels(std::move(square), options.channels);
}

std::string describe(const FitOptions& options) {
  check_options(options);
  std::vector<std::string> parts;
  if (options.size != 0) {
    parts.push_back(options.fit == FitKind::kPad ? concat("padded with ", colour_text(options.padding))
                                                 : std::string("centre crop"));
    parts.push_back(concat(name_of(options.filter), " filter to ", options.size, "x", options.size,
                           options.upscale ? ", smaller ones enlarged" : ""));
  }
  if (options.channels != 0) {
    parts.emplace_back(options.channels == 1 ? "grey" : "three channels");
  }
  return parts.empty() ? "as they are" : joined(parts);
}

std::string colour_text(const Colour& colour) {
  if (colour == Colour{255, 255, 255}) {
    return "white";
  }
  if (colour == Colour{0, 0, 0}) {
    return "black";
  }
  const auto [red, green, blue] = std::array<int, 3>{colour.red, colour.green, colour.blue};
  return red == green && green == blue ? concat(red) : concat(red, ",", green, ",", blue);
}

std::optional<Colour> parse_colour(std::string_view text) {
  if (text == "white" || text == "black") {
    return text == "white" ? Colour{255, 255, 255} : Colour{0, 0, 0};
  }
  std::vector<uint8_t> values;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t comma = std::min(text.find(',', begin), text.size());
    const std::string_view part = text.substr(begin, comma - begin);
    uint8_t value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (error != std::errc() || end != part.data() + part.size() || values.size() == 3) {
      return std::nullopt;
    }
    values.push_back(value);
    begin = comma + 1;
  }
  if (values.size() == 2) {
    return std::nullopt;
  }
  return Colour{values.front(), values[values.size() / 2], values.back()};
}

}  // namespace veil::io
