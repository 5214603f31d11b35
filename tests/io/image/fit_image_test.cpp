#include "veil/io/image/fit_image.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "io/image/exif.h"
#include "support/dataset_bytes.h"
#include "support/image_fixture.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

Pixels fixture(int64_t size, const std::string& filter, int64_t channels) {
  return image_pixels(concat(size, "_", filter, "_", channels));
}

Pixels square(int64_t channels) { return image_pixels(concat("square_", channels)); }

// Each pixel is its row times 16 plus its column.
Pixels numbered(int64_t height, int64_t width) {
  Pixels image{.height = height, .width = width, .channels = 1, .values = {}};
  for (int64_t i = 0; i < height * width; ++i) {
    image.values.push_back(static_cast<uint8_t>(i / width * 16 + i % width));
  }
  return image;
}

using Bytes = std::vector<uint8_t>;

TEST(FitImageTest, BoxAndLanczosAreThoseOfPillowToTheByte) {
  for (const int64_t channels : {1, 3}) {
    for (const int64_t size : {1, 8, 16, 36, 50}) {
      const auto box = fit_image(square(channels), {.size = size, .filter = ResizeFilter::kBox, .upscale = true});
      EXPECT_TRUE(box == fixture(size, "box", channels)) << size << ", " << channels;
      const auto sinc = fit_image(square(channels), {.size = size, .filter = ResizeFilter::kLanczos, .upscale = true});
      EXPECT_TRUE(sinc == fixture(size, "lanczos", channels)) << size << ", " << channels;
    }
  }
}

TEST(FitImageTest, AreaIsTheMeanOfTheAreaCovered) {
  for (const int64_t channels : {1, 3}) {
    for (const int64_t size : {1, 8, 16, 36}) {
      const auto found = fit_image(square(channels), {.size = size});
      const auto want = fixture(size, "area", channels);
      ASSERT_EQ(found.values.size(), want.values.size());
      for (size_t i = 0; i < want.values.size(); ++i) {
        // OpenCV adds in single precision, so a mean near a half may be rounded to the other side.
        EXPECT_LE(std::abs(found.values[i] - want.values[i]), 1) << size << ", " << channels << ", " << i;
      }
    }
  }
  // (0 + 1 + 2 + 16 + … + 34) / 9 = 17, and 3 more for each three columns.
  EXPECT_EQ(fit_image(numbered(6, 6), {.size = 2}).values, (Bytes{17, 20, 65, 68}));
}

TEST(FitImageTest, AreaEnlargesLinearly) {
  const Pixels image{.height = 2, .width = 2, .channels = 1, .values = {0, 100, 0, 100}};
  const auto large = fit_image(image, {.size = 4, .upscale = true});
  EXPECT_EQ(Bytes(large.values.begin(), large.values.begin() + 4), (Bytes{0, 25, 75, 100}));
}

TEST(FitImageTest, TheCentreIsCutOut) {
  EXPECT_EQ(fit_image(numbered(2, 5), {.size = 2}).values, (Bytes{1, 2, 17, 18}));
  EXPECT_EQ(fit_image(numbered(5, 2), {.size = 2}).values, (Bytes{16, 17, 32, 33}));
  EXPECT_EQ(fit_image(numbered(3, 3), {.size = 3}), numbered(3, 3));
  EXPECT_EQ(fit_image(numbered(2, 5), {}), numbered(2, 5));
}

FitOptions padding_to(int64_t size, ResizeFilter filter, const Colour& colour) {
  FitOptions options;
  options.size = size;
  options.filter = filter;
  options.upscale = true;
  options.fit = FitKind::kPad;
  options.padding = colour;
  return options;
}

constexpr Colour kBlack{.red = 0, .green = 0, .blue = 0};
constexpr Colour kOrange{.red = 255, .green = 128, .blue = 0};

TEST(FitImageTest, PaddedIsThePictureOfPillowInTheMiddle) {
  for (const std::string name : {"9x30_16", "31x7_16", "1x40_16", "9x30_48"}) {
    const auto size = std::stoll(name.substr(name.find('_') + 1));
    for (const int64_t channels : {1, 3}) {
      const auto picture = image_pixels(concat("picture_", name.substr(0, name.find('_')), "_", channels));
      const auto& colour = channels == 1 ? kBlack : kOrange;
      for (const auto& [filter, filter_name] :
           {std::pair{ResizeFilter::kBox, "box"}, std::pair{ResizeFilter::kLanczos, "lanczos"}}) {
        EXPECT_TRUE(fit_image(picture, padding_to(size, filter, colour)) ==
                    image_pixels(concat("pad_", name, "_", filter_name, "_", channels)))
            << name << ", " << filter_name << ", " << channels;
      }
      if (size > 30) {
        continue;
      }
      const auto found = fit_image(picture, padding_to(size, ResizeFilter::kArea, colour));
      const auto want = image_pixels(concat("pad_", name, "_area_", channels));
      ASSERT_EQ(found.shape(), want.shape());
      for (size_t i = 0; i < want.values.size(); ++i) {
        EXPECT_LE(std::abs(found.values[i] - want.values[i]), 1) << name << ", " << channels << ", " << i;
      }
    }
  }
}

TEST(FitImageTest, APaddedSideIsRoundedHalfUpAndIsNeverNothing) {
  const auto rows = [](int64_t height, int64_t width) {  // that are not black
    const Pixels white{
        .height = height, .width = width, .channels = 1, .values = Bytes(static_cast<size_t>(height * width), 255)};
    const auto square = fit_image(white, padding_to(4, ResizeFilter::kBox, kBlack));
    std::vector<int64_t> found;
    for (int64_t y = 0; y < 4; ++y) {
      if (square.values[static_cast<size_t>(4 * y)] == 255) {
        found.push_back(y);
      }
    }
    return found;
  };
  EXPECT_EQ(rows(5, 8), (std::vector<int64_t>{0, 1, 2}));  // 2.5 of 4 rows
  EXPECT_EQ(rows(4, 8), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(rows(1, 100), std::vector<int64_t>{1});
  EXPECT_EQ(rows(8, 8), (std::vector<int64_t>{0, 1, 2, 3}));
}

TEST(FitImageTest, PaddingASquareIsCroppingIt) {
  for (const auto filter : {ResizeFilter::kArea, ResizeFilter::kBox, ResizeFilter::kLanczos}) {
    EXPECT_EQ(fit_image(square(3), padding_to(16, filter, kOrange)),
              fit_image(square(3), {.size = 16, .filter = filter}));
  }
}

TEST(FitImageTest, GreyImagesArePaddedWithTheLumaOfTheColour) {
  auto options = padding_to(2, ResizeFilter::kBox, kOrange);
  options.channels = 1;
  // 0.299 * 255 + 0.587 * 128 = 151.4
  EXPECT_EQ(fit_image({.height = 1, .width = 2, .channels = 3, .values = Bytes(6, 9)}, options).values,
            (Bytes{9, 9, 151, 151}));
  options.channels = 3;
  EXPECT_EQ(fit_image({.height = 1, .width = 2, .channels = 1, .values = {7, 8}}, options).values,
            (Bytes{7, 7, 7, 8, 8, 8, 255, 128, 0, 255, 128, 0}));
}

TEST(FitImageTest, TheLongerSideDecidesWhetherAPaddedImageIsEnlarged) {
  auto options = padding_to(5, ResizeFilter::kArea, {});
  options.upscale = false;
  EXPECT_EQ(fit_image(numbered(2, 5), options).shape(), (TokenShape{5, 5, 1}));
  const auto refused = data_error_of([&] { (void)fit_image(numbered(2, 4), options); });
  EXPECT_EQ(refused, "4 x 2 pixels, smaller than 5 x 5, and it may not be enlarged");
}

TEST(FitImageTest, PaddingThatWouldDoNothingIsRefused) {
  FitOptions options;
  options.fit = FitKind::kPad;
  EXPECT_THROW(check_options(options), InvalidArgument);  // to no size
  options.size = 8;
  EXPECT_NO_THROW(check_options(options));
  options.padding = kBlack;
  EXPECT_NO_THROW(check_options(options));
  options.fit = FitKind::kCrop;
  EXPECT_THROW(check_options(options), InvalidArgument);
}

TEST(FitImageTest, ColoursAreReadAndWritten) {
  for (const auto& [text, colour] : {std::pair{"white", Colour{255, 255, 255}}, std::pair{"black", kBlack},
                                     std::pair{"128", Colour{128, 128, 128}}, std::pair{"255,128,0", kOrange}}) {
    EXPECT_EQ(parse_colour(text), colour) << text;
    EXPECT_EQ(colour_text(colour), text);
  }
  EXPECT_EQ(parse_colour("255"), (Colour{255, 255, 255}));
  EXPECT_EQ(parse_colour("0,0,0"), kBlack);
  for (const char* text : {"", "256", "-1", "1,2", "1,2,3,4", "1,2,", ",", "red", "#ffffff", "1, 2, 3", "0x1", "1.5"}) {
    EXPECT_EQ(parse_colour(text), std::nullopt) << text;
  }
}

TEST(FitImageTest, ChannelsAreThoseAskedFor) {
  EXPECT_EQ(fit_image(square(3), {.channels = 1}), image_pixels("luma"));
  EXPECT_EQ(fit_image(square(3), {.channels = 3}), square(3));
  const Pixels grey{.height = 1, .width = 2, .channels = 1, .values = {7, 9}};
  EXPECT_EQ(fit_image(grey, {.channels = 3}).values, (Bytes{7, 7, 7, 9, 9, 9}));
  // All weights together are exactly 1, so grey stays what it is.
  for (int value = 0; value < 256; ++value) {
    const Pixels one{.height = 1, .width = 1, .channels = 3, .values = Bytes(3, static_cast<uint8_t>(value))};
    EXPECT_EQ(fit_image(one, {.channels = 1}).values, Bytes{static_cast<uint8_t>(value)});
  }
}

TEST(FitImageTest, WhatIsSmallerIsRefusedUnlessItMayBeEnlarged) {
  const auto refused = data_error_of([] { (void)fit_image(numbered(2, 5), {.size = 3}); });
  EXPECT_EQ(refused, "5 x 2 pixels, smaller than 3 x 3, and it may not be enlarged");
  EXPECT_EQ(fit_image(numbered(2, 5), {.size = 3, .upscale = true}).height, 3);
}

TEST(FitImageTest, OptionsOutOfRangeAreRefused) {
  const auto image = numbered(2, 2);
  EXPECT_THROW(std::ignore = fit_image(image, {.size = -1}), InvalidArgument);
  EXPECT_THROW(std::ignore = fit_image(image, {.size = 16385, .upscale = true}), InvalidArgument);
  EXPECT_THROW(std::ignore = fit_image(image, {.channels = 2}), InvalidArgument);
  EXPECT_THROW(std::ignore = fit_image({.height = 2, .width = 2, .channels = 1, .values = {1}}, {}), InvalidArgument);
  EXPECT_THROW(std::ignore = describe({.channels = 4}), InvalidArgument);
}

TEST(FitImageTest, IsDescribedInWords) {
  EXPECT_EQ(describe({}), "as they are");
  EXPECT_EQ(describe({.size = 64}), "centre crop, area filter to 64x64");
  EXPECT_EQ(describe({.size = 8, .channels = 1, .filter = ResizeFilter::kLanczos, .upscale = true}),
            "centre crop, Lanczos filter to 8x8, smaller ones enlarged, grey");
  EXPECT_EQ(describe({.channels = 3, .filter = ResizeFilter::kBox}), "three channels");
  EXPECT_EQ(describe(padding_to(64, ResizeFilter::kBox, kOrange)),
            "padded with 255,128,0, box filter to 64x64, smaller ones enlarged");
}

// A TIFF block with one entry: tag, kind 3 (16 bits), one of them, the value.
std::string tiff(bool big_endian, int orientation) {
  using std::string_literals::operator""s;
  const auto value = static_cast<char>(orientation);
  return big_endian ? "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"s + value + "\0\0\0\0\0\0"s
                    : "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"s + value + "\0\0\0\0\0\0\0"s;
}

int orientation_of(const std::string& bytes) {
  return exif_orientation({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()});
}

TEST(ExifTest, OrientationIsReadInBothByteOrders) {
  using std::string_literals::operator""s;
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const bool big_endian : {false, true}) {
      EXPECT_EQ(orientation_of(tiff(big_endian, orientation)), orientation);
      EXPECT_EQ(orientation_of("Exif\0\0"s + tiff(big_endian, orientation)), orientation);
    }
  }
}

TEST(ExifTest, DamagedDataMeanUpright) {
  for (const bool big_endian : {false, true}) {
    const auto whole = tiff(big_endian, 6);
    for (size_t size = 0; size < 20; ++size) {
      EXPECT_EQ(orientation_of(whole.substr(0, size)), 1) << size;
    }
    EXPECT_EQ(orientation_of(tiff(big_endian, 0)), 1);
    EXPECT_EQ(orientation_of(tiff(big_endian, 9)), 1);
    auto far = whole;
    std::fill_n(far.begin() + 4, 4, '\xff');
    EXPECT_EQ(orientation_of(far), 1);
    auto many = whole.substr(0, 10);
    many[8] = many[9] = '\xff';
    EXPECT_EQ(orientation_of(many), 1);
  }
}

// Two columns and three rows, as each orientation stores it (EXIF 2.32, tag 274).
TEST(ExifTest, EveryOrientationComesUpright) {
  const Pixels upright{.height = 3, .width = 2, .channels = 1, .values = {1, 2, 3, 4, 5, 6}};
  const std::vector<Bytes> stored{{1, 2, 3, 4, 5, 6}, {2, 1, 4, 3, 6, 5}, {6, 5, 4, 3, 2, 1}, {5, 6, 3, 4, 1, 2},
                                  {1, 3, 5, 2, 4, 6}, {2, 4, 6, 1, 3, 5}, {6, 4, 2, 5, 3, 1}, {5, 3, 1, 6, 4, 2}};
  for (int orientation = 1; orientation <= 8; ++orientation) {
    Pixels image{.height = orientation < 5 ? 3 : 2,
                 .width = orientation < 5 ? 2 : 3,
                 .channels = 1,
                 .values = stored[static_cast<size_t>(orientation) - 1]};
    apply_orientation(image, orientation);
    EXPECT_EQ(image, upright) << orientation;
  }
}

}  // namespace
}  // namespace veil::io
