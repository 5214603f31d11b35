#include "veil/io/image/image_grid.h"

#include <gtest/gtest.h>

#include "base/torch.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

// uint8 [H, W, C].
torch::Tensor tensor_of(const Pixels& image) {
  return torch::tensor(image.values, torch::kUInt8).view({image.height, image.width, image.channels});
}

TEST(ImageGridTest, ImagesLieRowByRowWithGaps) {
  const auto tokens = torch::tensor({{10, 11}, {20, 21}, {30, 31}});  // three images of 1 x 2
  const auto grid = tensor_of(
      image_grid(tokens, {.height = 1, .width = 2, .channels = 1}, {.columns = 2, .gap = 1, .background = 9}));
  const auto want = torch::tensor({{10, 11, 9, 20, 21}, {9, 9, 9, 9, 9}, {30, 31, 9, 9, 9}}, torch::kUInt8);
  EXPECT_TRUE(torch::equal(grid, want.unsqueeze(2))) << grid.squeeze(2);
}

TEST(ImageGridTest, WithRowsImagesGoDownTheColumns) {
  const auto tokens = torch::tensor({{10}, {20}, {30}, {40}, {50}});  // five images of one pixel
  const TokenShape shape{.height = 1, .width = 1, .channels = 1};
  const auto grid = tensor_of(image_grid(tokens, shape, {.rows = 2, .gap = 0, .background = 9}));
  EXPECT_TRUE(torch::equal(grid.squeeze(2), torch::tensor({{10, 30, 50}, {20, 40, 9}}, torch::kUInt8)));
  EXPECT_EQ(image_grid(tokens, shape, {.rows = 7, .gap = 0}).shape(), (TokenShape{5, 1, 1}));
  EXPECT_THROW(std::ignore = image_grid(tokens, shape, {.columns = 2, .rows = 2}), InvalidArgument);
  EXPECT_THROW(std::ignore = image_grid(tokens, shape, {.rows = -1}), InvalidArgument);
}

TEST(ImageGridTest, PixelsAreEnlargedWithoutMixingThem) {
  const auto tokens = torch::tensor({{1, 2, 3, 4, 5, 6}}, torch::kInt);  // 1 x 2, three channels
  const auto grid = tensor_of(image_grid(tokens, {.height = 1, .width = 2, .channels = 3}, {.scale = 2}));
  const auto row = torch::tensor({{1, 2, 3}, {1, 2, 3}, {4, 5, 6}, {4, 5, 6}}, torch::kUInt8);
  EXPECT_TRUE(torch::equal(grid, torch::stack({row, row})));
}

TEST(ImageGridTest, ChosenLayoutIsNearlySquareAndVisible) {
  const auto size = [](int64_t count, const TokenShape& shape, int64_t scale) {
    return image_grid(torch::zeros({count, shape.length()}, torch::kLong), shape, {.scale = scale}).shape();
  };
  EXPECT_EQ(size(64, {.height = 28, .width = 28, .channels = 1}, 1), (TokenShape{238, 238, 1}));
  EXPECT_EQ(size(5, {.height = 8, .width = 8, .channels = 3}, 0), (TokenShape{130, 196, 3}));
  EXPECT_EQ(size(4, {.height = 16, .width = 4, .channels = 1}, 1), (TokenShape{16, 22, 1}));
  EXPECT_EQ(size(1, {.height = 100, .width = 3, .channels = 1}, 0), (TokenShape{100, 3, 1}));
}

TEST(ImageGridTest, FewValuesAreSpreadOverTheWholeRange) {
  const auto images = tokens_to_images(torch::tensor({{0, 1, 2, 3}}), {.height = 1, .width = 4, .channels = 1}, 4);
  EXPECT_TRUE(torch::equal(images.view(-1), torch::tensor({0, 85, 170, 255}, torch::kUInt8)));
  const auto all = torch::arange(256).unsqueeze(0);
  EXPECT_TRUE(torch::equal(tokens_to_images(all, {.height = 16, .width = 16, .channels = 1}).view(-1).to(torch::kLong),
                           torch::arange(256)));
}

TEST(ImageGridTest, OneImageAsPixels) {
  const auto image = torch::tensor({{1, 2, 3}, {4, 5, 6}}, torch::kUInt8).unsqueeze(2);
  EXPECT_EQ(pixels_of(image), (Pixels{2, 3, 1, {1, 2, 3, 4, 5, 6}}));
  EXPECT_EQ(pixels_of(image.transpose(0, 1)), (Pixels{3, 2, 1, {1, 4, 2, 5, 3, 6}})) << "other strides";
  EXPECT_THROW(std::ignore = pixels_of(torch::Tensor()), InvalidArgument);
  EXPECT_THROW(std::ignore = pixels_of(torch::zeros({2, 2, 1})), InvalidArgument);
  EXPECT_THROW(std::ignore = pixels_of(torch::zeros({2, 2}, torch::kUInt8)), InvalidArgument);
}

TEST(ImageGridTest, RefusesWhatIsOutOfRange) {
  const TokenShape shape{.height = 1, .width = 2, .channels = 1};
  const auto good = torch::zeros({1, 2}, torch::kLong);
  EXPECT_NO_THROW(std::ignore = image_grid(good, shape));
  EXPECT_THROW(std::ignore = image_grid(good.to(torch::kFloat), shape), InvalidArgument);
  EXPECT_THROW(std::ignore = image_grid(torch::zeros({0, 2}, torch::kLong), shape), InvalidArgument);
  EXPECT_THROW(std::ignore = image_grid(torch::zeros({1, 3}, torch::kLong), shape), InvalidArgument);
  EXPECT_THROW(std::ignore = image_grid(good + 256, shape), InvalidArgument);
  EXPECT_THROW(std::ignore = image_grid(good - 1, shape), InvalidArgument);
  EXPECT_THROW(std::ignore = image_grid(good, shape, {.scale = -1}), InvalidArgument);
  EXPECT_THROW(std::ignore = image_grid(good, shape, {.scale = 40000}), InvalidArgument);
  EXPECT_THROW(std::ignore = image_grid(good, shape, {.scale = INT64_MAX}), InvalidArgument);
  EXPECT_THROW(std::ignore = image_grid(good, {.height = 1, .width = 1, .channels = 2}), InvalidArgument);
  EXPECT_THROW(std::ignore = image_grid(good, shape, {.vocab_size = 1}), InvalidArgument);
}

}  // namespace
}  // namespace veil::io
