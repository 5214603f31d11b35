#include "io/image/compressor_bits.h"

#include <gtest/gtest.h>

#include <cmath>

#include "io/image/compressed_size.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

std::vector<Pixels> images(int64_t count, int64_t height, int64_t width, int64_t channels) {
  std::vector<Pixels> images;
  for (int64_t i = 0; i < count; ++i) {
    Pixels image{.height = height, .width = width, .channels = channels, .values = {}};
    for (int64_t v = 0; v < image.shape().length(); ++v) {
      image.values.push_back(static_cast<uint8_t>((v * v + 17 * i) % 251));
    }
    images.push_back(image);
  }
  return images;
}

TEST(CompressorBitsTest, AreThoseOfFilesOfTheVeryImages) {
  const auto pictures = images(6, 5, 7, 3);
  int64_t last = 0;
  int64_t total = 0;
  const auto found = compressor_bits(pictures, [&](int64_t done, int64_t all) {
    EXPECT_GT(done, last);
    last = done;
    total = all;
  });
  EXPECT_EQ(last, total);
  ASSERT_GE(found.size(), 2U);
  for (const auto& figures : found) {
    const auto compressor = figures.name == "PNG"             ? Compressor::kPng
                            : figures.name == "WebP lossless" ? Compressor::kWebP
                                                              : Compressor::kJpegXl;
    ASSERT_EQ(figures.each.size(), pictures.size());
    for (size_t i = 0; i < pictures.size(); ++i) {
      EXPECT_EQ(figures.each[i], 8.0 * static_cast<double>(*compressed_size(pictures[i], compressor)) / (5 * 7 * 3));
    }
    EXPECT_EQ(figures.together,
              8.0 * static_cast<double>(*compressed_size(mosaic_of(pictures), compressor)) / (6 * 5 * 7 * 3));
  }
}

TEST(CompressorBitsTest, AMosaicHoldsEveryPixelOnceAndHasNoEmptyPlace) {
  for (const int64_t count : {1, 2, 6, 7, 12, 36}) {
    const auto pictures = images(count, 3, 2, 1);
    const auto mosaic = mosaic_of(pictures);
    const int64_t columns = mosaic.width / 2;
    EXPECT_EQ(columns * (mosaic.height / 3), count);
    EXPECT_LE(columns, mosaic.height / 3);
    for (int64_t i = 0; i < count; ++i) {
      for (int64_t y = 0; y < 3; ++y) {
        for (int64_t x = 0; x < 2; ++x) {
          const int64_t at = (i / columns * 3 + y) * mosaic.width + i % columns * 2 + x;
          EXPECT_EQ(mosaic.values[static_cast<size_t>(at)],
                    pictures[static_cast<size_t>(i)].values[static_cast<size_t>(2 * y + x)]);
        }
      }
    }
  }
  EXPECT_EQ(mosaic_of(images(12, 3, 2, 1)).width, 6);  // 3 columns, 4 rows
}

TEST(CompressorBitsTest, WhatDoesNotFitTogetherIsNotMeasuredTogether) {
  const auto found = compressor_bits(images(3, 6000, 1, 1));  // 18,000 rows, more than WebP holds
  for (const auto& figures : found) {
    EXPECT_TRUE(std::isnan(figures.together)) << figures.name;
    EXPECT_EQ(figures.each.size(), 3U);
  }
  EXPECT_THROW((void)compressor_bits({}), InvalidArgument);
  auto mixed = images(2, 4, 4, 1);
  mixed.push_back(images(1, 4, 5, 1).front());
  EXPECT_THROW((void)compressor_bits(mixed), InvalidArgument);
}

}  // namespace
}  // namespace veil::io
