// What decode_image refuses because it is too large, each limit from both sides.
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

// clang-format off
#include <jpeglib.h>  // needs FILE
// clang-format on

#include "io/image/decode_image.h"
#include "support/image_fixture.h"

namespace veil::io {
namespace {

std::string with_number(std::string bytes, size_t at, uint32_t value, int width, bool big_endian) {
  for (int i = 0; i < width; ++i) {
    bytes.at(at + static_cast<size_t>(i)) = static_cast<char>(value >> 8 * (big_endian ? width - 1 - i : i));
  }
  return bytes;
}

std::string chunk(const std::string& type, const std::string& data) {
  const auto body = type + data;
  const auto sum = crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return with_number(std::string(4, '\0'), 0, static_cast<uint32_t>(data.size()), 4, true) + body +
         with_number(std::string(4, '\0'), 0, static_cast<uint32_t>(sum), 4, true);
}

constexpr size_t kPngHeaderEnd = 8 + 25;

// A PNG with another size in its header, whose check sum is right.
std::string png_of_size(uint32_t width, uint32_t height) {
  const auto file = image_file("colour.png");
  const auto header = with_number(with_number(file.substr(16, 13), 0, width, 4, true), 4, height, 4, true);
  return file.substr(0, 8) + chunk("IHDR", header) + file.substr(kPngHeaderEnd);
}

TEST(ImageLimitsTest, SizesAreCheckedBeforeAnythingElse) {
  EXPECT_EQ(decode_error(png_of_size(20000, 20000)), "20000 x 20000 pixels, want at most 16384 on a side");
  EXPECT_EQ(decode_error(png_of_size(16384, 5000)), "16384 x 5000 pixels, want at most 67108864");
  EXPECT_EQ(decode_error(png_of_size(16384, 4097)), "16384 x 4097 pixels, want at most 67108864");
  EXPECT_EQ(decode_error(png_of_size(1, 16385)), "1 x 16385 pixels, want at most 16384 on a side");
  EXPECT_EQ(decode_error(png_of_size(1, 16384)).substr(0, 12), "the PNG data");
  const auto jpeg = image_file("colour.jpg");
  const auto frame = jpeg.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  EXPECT_EQ(decode_error(with_number(jpeg, frame + 5, 20000, 2, true)),
            "26 x 20000 pixels, want at most 16384 on a side");
  EXPECT_EQ(decode_error(with_number(image_file("colour.bmp"), 18, 20000, 4, false)),
            "20000 x 19 pixels, want at most 16384 on a side");
  EXPECT_EQ(decode_error(with_number(image_file("colour.bmp"), 22, 0x80000000U, 4, false)),
            "26 x 2147483648 pixels, want at most 16384 on a side");
  EXPECT_EQ(decode_error(with_number(image_file("rows.gif"), 6, 20000, 2, false)),
            "20000 x 19 pixels, want at most 16384 on a side");
  EXPECT_EQ(decode_error(with_number(image_file("colour.tga"), 12, 20000, 2, false)),
            "20000 x 19 pixels, want at most 16384 on a side");
  EXPECT_EQ(decode_error("P5 16384 5000 255\n"), "16384 x 5000 pixels, want at most 67108864");
  EXPECT_EQ(decode_error("P5 0 7 255\n"), "an image without pixels, 0 wide and 7 high");
}

TEST(ImageLimitsTest, TheLargestImageThatIsTakenIs) {
  constexpr size_t kPixels = size_t{64} << 20;
  const auto start = std::string("P4 16384 4096\n");
  EXPECT_EQ(decode_image(as_bytes(start + std::string(kPixels / 8, '\0'))).pixels.values.size(), kPixels);
}

TEST(ImageLimitsTest, AChunkOfAPngMayHaveEightMebibytes) {
  const auto file = image_file("grey.png");
  const auto with_text = [&](size_t size) {
    return file.substr(0, kPngHeaderEnd) + chunk("tEXt", std::string("k\0", 2) + std::string(size - 2, 'x')) +
           file.substr(kPngHeaderEnd);
  };
  EXPECT_EQ(decode_image(as_bytes(with_text(size_t{8} << 20))).pixels, image_pixels("grey.png"));
  EXPECT_EQ(decode_error(with_text((size_t{8} << 20) + 1)).substr(0, 25), "the PNG data are damaged ");
}

struct Scan {
  int first = 0;
  int last = 0;
  int high = 0;
  int low = 0;
};

// A grey progressive file whose coefficients come in these scans.
std::string jpeg_of_scans(const std::vector<Scan>& scans) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;  // NOLINT(google-runtime-int): libjpeg's type
  jpeg_mem_dest(&jpeg, &bytes, &size);
  jpeg.image_width = jpeg.image_height = 8;
  jpeg.input_components = 1;
  jpeg.in_color_space = JCS_GRAYSCALE;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, 100, TRUE);
  std::vector<jpeg_scan_info> script;
  for (const auto& scan : scans) {
    script.push_back({1, {0}, scan.first, scan.last, scan.high, scan.low});
  }
  jpeg.scan_info = script.data();
  jpeg.num_scans = static_cast<int>(script.size());
  jpeg_start_compress(&jpeg, TRUE);
  for (int y = 0; y < 8; ++y) {
    JSAMPLE row[8] = {0, 200, 10, 90, static_cast<JSAMPLE>(30 * y), 60, 255, 7};
    JSAMPROW rows[] = {row};
    jpeg_write_scanlines(&jpeg, rows, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::string file(reinterpret_cast<const char*>(bytes), size);
  std::free(bytes);
  return file;
}

// The mean, each of the 63 other coefficients without its last bit, then the last bits of some.
std::vector<Scan> many_scans(size_t count) {
  std::vector<Scan> scans{{}};
  for (int i = 1; i < 64; ++i) {
    scans.push_back({i, i, 0, 1});
  }
  for (int i = 1; scans.size() < count; ++i) {
    scans.push_back({i, i, 1, 0});
  }
  return scans;
}

TEST(ImageLimitsTest, AJpegMayHaveAHundredScans) {
  EXPECT_EQ(decode_image(as_bytes(jpeg_of_scans(many_scans(100)))).pixels.values.size(), 64U);
  EXPECT_EQ(decode_error(jpeg_of_scans(many_scans(101))), "a JPEG of more than 100 scans");
}

TEST(ImageLimitsTest, AJpegWhoseMeansAreNotCompleteLacksScans) {
  EXPECT_EQ(decode_error(jpeg_of_scans({{0, 0, 0, 1}, {1, 63, 0, 0}})), "a progressive JPEG that lacks scans");
  EXPECT_EQ(decode_error(jpeg_of_scans({{0, 0, 0, 1}, {1, 63, 0, 0}, {0, 0, 1, 0}})), "no DataError");
}

}  // namespace
}  // namespace veil::io
