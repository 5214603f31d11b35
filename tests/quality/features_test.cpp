// Descriptions of images: pyramids, random features, simple statistics.

#include <gtest/gtest.h>

#include <cmath>

#include "base/torch.h"
#include "quality/image_statistics.h"
#include "quality/laplacian_pyramid.h"
#include "quality/noise_tensors.h"
#include "quality/random_features.h"

namespace veil {
namespace {

torch::Tensor random_images(int64_t count, int64_t height, int64_t width, int64_t channels) {
  const auto numbers = normal_numbers(1, 0, count, height * width * channels) * 40 + 128;
  return numbers.round().clamp(0, 255).to(torch::kUInt8).view({count, height, width, channels});
}

TEST(Pyramid, APlainImageIsItsSmallestLevel) {
  const auto levels = laplacian_pyramid(torch::full({1, 1, 13, 10}, 77.0F), 3);
  EXPECT_EQ(levels[0].sizes(), at::IntArrayRef({1, 1, 13, 10}));
  EXPECT_EQ(levels[1].sizes(), at::IntArrayRef({1, 1, 7, 5}));
  EXPECT_EQ(levels[2].sizes(), at::IntArrayRef({1, 1, 4, 3}));
  EXPECT_LT(levels[0].abs().max().item<double>(), 1e-4);
  EXPECT_LT(levels[1].abs().max().item<double>(), 1e-4);
  EXPECT_LT((levels[2] - 77).abs().max().item<double>(), 1e-4);
}

// A slope has the same second differences everywhere, none: inside, the filter keeps it and only the edges differ.
TEST(Pyramid, ASlopeHasNoDetailInside) {
  const auto slope = torch::arange(24, torch::kFloat32).expand({1, 1, 24, 24}).contiguous();
  const auto detail = laplacian_pyramid(slope, 2)[0];
  EXPECT_LT(detail.slice(3, 4, 20).abs().max().item<double>(), 1e-4);
}

// The alternating pattern is above what the next level can hold: all of it is detail, and 0 is left of it.
TEST(Pyramid, TheFinestPatternIsAllDetail) {
  auto board = torch::zeros({1, 1, 16, 16}, torch::kFloat32);
  for (int64_t y = 0; y < 16; ++y) {
    for (int64_t x = 0; x < 16; ++x) {
      board[0][0][y][x] = (x + y) % 2 == 0 ? 1.0F : -1.0F;
    }
  }
  const auto levels = laplacian_pyramid(board, 2);
  const auto inside = [](const torch::Tensor& level, int64_t edge) {
    return level.slice(2, edge, level.size(2) - edge).slice(3, edge, level.size(3) - edge);
  };
  EXPECT_LT(inside(levels[1], 2).abs().max().item<double>(), 1e-5);
  EXPECT_LT((inside(levels[0], 5) - inside(board, 5)).abs().max().item<double>(), 1e-5);
}

TEST(Pyramid, LevelsEndBeforePatchesDoNotFit) {
  EXPECT_EQ(pyramid_levels(28, 28, 7), 3);
  EXPECT_EQ(pyramid_levels(32, 32, 7), 3);
  EXPECT_EQ(pyramid_levels(64, 32, 7), 3);
  EXPECT_EQ(pyramid_levels(5, 5, 7), 1);
}

TEST(RandomFeatures, AreFixedAndIndependentOfTheBlock) {
  const auto images = random_images(260, 9, 8, 3);
  const RandomFeatures features(3, 0);
  const auto all = features(images);
  ASSERT_EQ(all.sizes(), at::IntArrayRef({260, 128}));
  EXPECT_LT((features(images.slice(0, 100, 101)) - all.slice(0, 100, 101)).abs().max().item<double>(), 1e-5);
  EXPECT_TRUE(torch::equal(all, RandomFeatures(3, 0)(images)));
  EXPECT_FALSE(torch::allclose(all, RandomFeatures(3, 1)(images)));
  EXPECT_EQ(features(random_images(2, 1, 1, 3)).size(1), 128);
}

TEST(RandomFeatures, AreScaledByTheReference) {
  const auto reference = normal_numbers(4, 0, 50, 3).to(torch::kFloat32) * 7 + 3;
  const auto scaled = Standardised(reference)(reference);
  EXPECT_LT(scaled.mean(0).abs().max().item<double>(), 1e-5);
  EXPECT_LT((scaled.std(0, false) - 1).abs().max().item<double>(), 1e-5);
}

// 2 x 2 pixels: values 0, 3, 255, 255; steps down 255 and 252, steps right 3 and 0.
TEST(ImageStatistics, AreShares) {
  const auto image = torch::tensor({0, 3, 255, 255}, torch::kInt64).to(torch::kUInt8).view({1, 2, 2, 1});
  const auto numbers = image_statistics(image);
  ASSERT_EQ(numbers.sizes(), at::IntArrayRef({1, 86}));
  const auto at = [&](int64_t place) { return numbers[0][place].item<double>(); };
  EXPECT_EQ(at(0), 0.5);        // values 0 .. 3
  EXPECT_EQ(at(63), 0.5);       // 252 .. 255
  EXPECT_EQ(at(64 + 10), 1.0);  // both steps down are 64 and more
  EXPECT_EQ(at(75 + 0), 0.5);
  EXPECT_EQ(at(75 + 3), 0.5);
  EXPECT_EQ(numbers.sum().item<double>(), 3.0);
}

}  // namespace
}  // namespace veil
