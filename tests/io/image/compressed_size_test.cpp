#include "io/image/compressed_size.h"

#include <gtest/gtest.h>

#include <tuple>

#include "io/image/decode_image.h"
#include "io/image/encoders.h"
#include "support/image_fixture.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

const Pixels& picture(int64_t channels) {
  static const Pixels grey = image_pixels("square_1");
  static const Pixels colour = image_pixels("square_3");
  return channels == 1 ? grey : colour;
}

TEST(CompressedSizeTest, IsThatOfAFileThatHoldsThePixels) {
  for (const int64_t channels : {1, 3}) {
    const auto& image = picture(channels);
    const auto png = encode_smallest_png(image);
    EXPECT_EQ(decode_image(png).pixels, image);
    EXPECT_EQ(compressed_size(image, Compressor::kPng), static_cast<int64_t>(png.size()));
  }
  const auto webp = encode_lossless_webp(picture(3));
  EXPECT_EQ(decode_image(webp).pixels, picture(3));
  EXPECT_EQ(compressed_size(picture(3), Compressor::kWebP), static_cast<int64_t>(webp.size()));
}

TEST(CompressedSizeTest, GreyImagesAreCompressedToo) {
  for (const auto compressor : {Compressor::kPng, Compressor::kWebP, Compressor::kJpegXl}) {
    const auto grey = compressed_size(picture(1), compressor);
    const auto colour = compressed_size(picture(3), compressor);
    ASSERT_EQ(grey.has_value(), has_compressor(compressor));
    EXPECT_LE(grey.value_or(0), colour.value_or(0));
  }
}

// One colour takes no more than the headers and a handful of symbols.
TEST(CompressedSizeTest, AnImageOfOneColourIsSmall) {
  const Pixels plain{.height = 64, .width = 64, .channels = 3, .values = std::vector<uint8_t>(12288, 77)};
  for (const auto compressor : {Compressor::kPng, Compressor::kWebP, Compressor::kJpegXl}) {
    EXPECT_LT(compressed_size(plain, compressor).value_or(0), 150);
  }
}

TEST(CompressedSizeTest, JpegXlIsSmallerThanWhatItReplaces) {
  if (!has_compressor(Compressor::kJpegXl)) {
    EXPECT_EQ(compressed_size(picture(3), Compressor::kJpegXl), std::nullopt);
    return;
  }
  const auto size = compressed_size(picture(3), Compressor::kJpegXl);
  EXPECT_GT(size.value_or(0), 100);
  EXPECT_LT(size.value_or(0), static_cast<int64_t>(picture(3).values.size()));
}

TEST(CompressedSizeTest, WhatIsNoImageIsRefused) {
  EXPECT_THROW(std::ignore = compressed_size({}, Compressor::kPng), InvalidArgument);
  EXPECT_THROW(
      std::ignore = compressed_size({.height = 1, .width = 1, .channels = 2, .values = {1, 2}}, Compressor::kPng),
      InvalidArgument);
  EXPECT_THROW(
      std::ignore = compressed_size({.height = 2, .width = 1, .channels = 1, .values = {1}}, Compressor::kWebP),
      InvalidArgument);
  const Pixels long_row{.height = 1, .width = 16384, .channels = 1, .values = std::vector<uint8_t>(16384)};
  EXPECT_THROW(std::ignore = compressed_size(long_row, Compressor::kPng), InvalidArgument);
}

}  // namespace
}  // namespace veil::io
