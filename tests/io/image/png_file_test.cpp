#include "veil/io/image/png_file.h"

#include <gtest/gtest.h>
#include <png.h>

#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

/// Reads a PNG with libpng's reader.
Pixels decode(const std::vector<uint8_t>& bytes) {
  png_image header{};
  header.version = PNG_IMAGE_VERSION;
  EXPECT_NE(png_image_begin_read_from_memory(&header, bytes.data(), bytes.size()), 0) << header.message;
  const int64_t channels = (header.format & PNG_FORMAT_FLAG_COLOR) != 0 ? 3 : 1;
  header.format = channels == 3 ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY;
  Pixels image{header.height, header.width, channels, {}};
  image.values.resize(PNG_IMAGE_SIZE(header));
  EXPECT_NE(png_image_finish_read(&header, nullptr, image.values.data(), 0, nullptr), 0) << header.message;
  return image;
}

Pixels ramp(int64_t height, int64_t width, int64_t channels) {
  Pixels image{height, width, channels, {}};
  for (int64_t i = 0; i < height * width * channels; ++i) {
    image.values.push_back(static_cast<uint8_t>(i % 251));
  }
  return image;
}

TEST(PngFileTest, PixelsComeBack) {
  for (const int64_t channels : {1, 3}) {
    const auto image = ramp(5, 7, channels);
    EXPECT_EQ(decode(encode_png(image)), image);
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
  EXPECT_EQ(decode(bytes), ramp(2, 2, 1));
}

TEST(PngFileTest, RefusesWhatIsNoImage) {
  EXPECT_THROW(std::ignore = encode_png({}), InvalidArgument);
  EXPECT_THROW(std::ignore = encode_png(ramp(2, 2, 2)), InvalidArgument);
  EXPECT_THROW(std::ignore = encode_png(ramp(0, 2, 3)), InvalidArgument);
  EXPECT_THROW(std::ignore = encode_png(ramp(1, 65536, 1)), InvalidArgument);
  EXPECT_THROW(std::ignore = encode_png({2, 2, 1, {1, 2, 3}}), InvalidArgument) << "a value too few";
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

}  // namespace
}  // namespace veil::io
