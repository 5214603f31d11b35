#include <gtest/gtest.h>
#include <png.h>

#include <array>
#include <cstring>

#include "base/torch.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"
#include "veil/io/image/image_grid.h"
#include "veil/io/image/png_file.h"

namespace veil::io {
namespace {

/// Reads a PNG with libpng's reader: uint8 [H, W, C].
torch::Tensor decode(const std::vector<uint8_t>& bytes) {
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_memory(&header, bytes.data(), bytes.size()), 0) << header.message;
  const int64_t channels = (header.format & PNG_FORMAT_FLAG_COLOR) != 0 ? 3 : 1;
  header.format = channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  auto image = torch::empty({header.height, header.width, channels}, torch::kUInt8);
  EXPECT_NE(png_image_finish_read(&header, nullptr, image.data_ptr(), 0, nullptr), 0) << header.message;
  return image;
}

torch::Tensor ramp(int64_t height, int64_t width, int64_t channels) {
  return torch::arange(height * width * channels).remainder(251).to(torch::kUInt8).view({height, width, channels});
}

TEST(PngFileTest, PixelsComeBack) {
  for (const int64_t channels : {1, 3}) {
    const auto image = ramp(5, 7, channels);
    EXPECT_TRUE(torch::equal(decode(encode_png(image)), image));
    EXPECT_TRUE(torch::equal(decode(encode_png(image.transpose(0, 1))), image.transpose(0, 1).contiguous()));
  }
}

struct Chunk {
  std::string type;
  std::string data;
};

/// Cuts a PNG file into its chunks and checks each CRC with a bitwise loop of the specification's annex D.
std::vector<Chunk> chunks(const std::vector<uint8_t>& bytes) {
  const auto number = [&](size_t at) {
    return uint32_t{bytes.at(at)} << 24 | uint32_t{bytes.at(at + 1)} << 16 | uint32_t{bytes.at(at + 2)} << 8 |
           bytes.at(at + 3);
  };
  std::vector<Chunk> result;
  for (size_t at = 8; at < bytes.size();) {
    const size_t length = number(at);
    uint32_t crc = 0xffffffffU;
    for (size_t i = at + 4; i < at + 8 + length; ++i) {
      crc ^= bytes.at(i);
      for (int bit = 0; bit < 8; ++bit) {
        crc = (crc & 1) != 0 ? 0xedb88320U ^ (crc >> 1) : crc >> 1;
      }
    }
    EXPECT_EQ(crc ^ 0xffffffffU, number(at + 8 + length));
    const auto type = bytes.begin() + static_cast<int64_t>(at) + 4;
    const auto data = type + 4;
    result.push_back({{type, data}, {data, data + static_cast<int64_t>(length)}});
    at += length + 12;
  }
  return result;
}

TEST(PngFileTest, CommentsAreWellFormedChunksBehindTheHeader) {
  const auto bytes = encode_png(ramp(2, 2, 1), {{"Software", "veil"}, {"veil.command", "veil sample „x“"}});
  const auto found = chunks(bytes);
  ASSERT_GE(found.size(), 5U);
  EXPECT_EQ(found[0].type, "IHDR");
  EXPECT_EQ(found[1].type, "iTXt");
  EXPECT_EQ(found[1].data, std::string("Software\0\0\0\0\0veil", 17));
  EXPECT_EQ(found[2].data, std::string("veil.command\0\0\0\0\0", 17) + "veil sample „x“");
  EXPECT_EQ(found.back().type, "IEND");
  EXPECT_TRUE(torch::equal(decode(bytes), ramp(2, 2, 1)));
}

TEST(PngFileTest, RefusesWhatIsNoImage) {
  EXPECT_THROW(std::ignore = encode_png(torch::Tensor()), InvalidArgument);
  EXPECT_THROW(std::ignore = encode_png(torch::zeros({2, 2, 1})), InvalidArgument);
  EXPECT_THROW(std::ignore = encode_png(torch::zeros({2, 2}, torch::kUInt8)), InvalidArgument);
  EXPECT_THROW(std::ignore = encode_png(torch::zeros({2, 2, 2}, torch::kUInt8)), InvalidArgument);
  EXPECT_THROW(std::ignore = encode_png(torch::zeros({0, 2, 3}, torch::kUInt8)), InvalidArgument);
  EXPECT_THROW(std::ignore = encode_png(torch::zeros({1, 65536, 1}, torch::kUInt8)), InvalidArgument);
  for (const char* key : {"", "a\nb", "ä"}) {
    EXPECT_THROW(std::ignore = encode_png(ramp(1, 1, 1), {{key, "x"}}), InvalidArgument) << key;
  }
  EXPECT_THROW(std::ignore = encode_png(ramp(1, 1, 1), {{"k", std::string("a\0b", 3)}}), InvalidArgument);
}

TEST(PngFileTest, IsWrittenAsItIsEncoded) {
  const TempFolder folder;
  write_png(folder.path() / "a.png", ramp(3, 3, 3));
  const auto want = encode_png(ramp(3, 3, 3));
  EXPECT_EQ(read_bytes(folder.path() / "a.png"), std::string(want.begin(), want.end()));
}

TEST(ImageGridTest, ImagesLieRowByRowWithGaps) {
  const auto tokens = torch::tensor({{10, 11}, {20, 21}, {30, 31}});  // three images of 1 x 2
  const auto grid =
      image_grid(tokens, {.height = 1, .width = 2, .channels = 1}, {.columns = 2, .gap = 1, .background = 9});
  const auto want = torch::tensor({{10, 11, 9, 20, 21}, {9, 9, 9, 9, 9}, {30, 31, 9, 9, 9}}, torch::kUInt8);
  EXPECT_TRUE(torch::equal(grid, want.unsqueeze(2))) << grid.squeeze(2);
}

TEST(ImageGridTest, WithRowsImagesGoDownTheColumns) {
  const auto tokens = torch::tensor({{10}, {20}, {30}, {40}, {50}});  // five images of one pixel
  const TokenShape shape{.height = 1, .width = 1, .channels = 1};
  const auto grid = image_grid(tokens, shape, {.rows = 2, .gap = 0, .background = 9});
  EXPECT_TRUE(torch::equal(grid.squeeze(2), torch::tensor({{10, 30, 50}, {20, 40, 9}}, torch::kUInt8)));
  EXPECT_EQ(image_grid(tokens, shape, {.rows = 7, .gap = 0}).sizes(), (torch::IntArrayRef{5, 1, 1}));
  EXPECT_THROW(std::ignore = image_grid(tokens, shape, {.columns = 2, .rows = 2}), InvalidArgument);
  EXPECT_THROW(std::ignore = image_grid(tokens, shape, {.rows = -1}), InvalidArgument);
}

TEST(ImageGridTest, PixelsAreEnlargedWithoutMixingThem) {
  const auto tokens = torch::tensor({{1, 2, 3, 4, 5, 6}}, torch::kInt);  // 1 x 2, three channels
  const auto grid = image_grid(tokens, {.height = 1, .width = 2, .channels = 3}, {.scale = 2});
  const auto row = torch::tensor({{1, 2, 3}, {1, 2, 3}, {4, 5, 6}, {4, 5, 6}}, torch::kUInt8);
  EXPECT_TRUE(torch::equal(grid, torch::stack({row, row})));
}

TEST(ImageGridTest, ChosenLayoutIsNearlySquareAndVisible) {
  const auto size = [](int64_t count, const TokenShape& shape, int64_t scale) {
    return image_grid(torch::zeros({count, shape.length()}, torch::kLong), shape, {.scale = scale}).sizes().vec();
  };
  EXPECT_EQ(size(64, {.height = 28, .width = 28, .channels = 1}, 1), (std::vector<int64_t>{238, 238, 1}));
  EXPECT_EQ(size(5, {.height = 8, .width = 8, .channels = 3}, 0), (std::vector<int64_t>{130, 196, 3}));
  EXPECT_EQ(size(4, {.height = 16, .width = 4, .channels = 1}, 1), (std::vector<int64_t>{16, 22, 1}));
  EXPECT_EQ(size(1, {.height = 100, .width = 3, .channels = 1}, 0), (std::vector<int64_t>{100, 3, 1}));
}

TEST(ImageGridTest, FewValuesAreSpreadOverTheWholeRange) {
  const auto images = tokens_to_images(torch::tensor({{0, 1, 2, 3}}), {.height = 1, .width = 4, .channels = 1}, 4);
  EXPECT_TRUE(torch::equal(images.view(-1), torch::tensor({0, 85, 170, 255}, torch::kUInt8)));
  const auto all = torch::arange(256).unsqueeze(0);
  EXPECT_TRUE(torch::equal(tokens_to_images(all, {.height = 16, .width = 16, .channels = 1}).view(-1).to(torch::kLong),
                           torch::arange(256)));
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
