#include "io/image/decode_image.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "support/image_fixture.h"

namespace veil::io {
namespace {

using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;

struct Expected {
  std::string name;
  std::vector<std::string> conversions{};
};

class DecodedFile : public testing::TestWithParam<Expected> {};

TEST_P(DecodedFile, HasThePixelsThatPillowReads) {
  const auto& [name, conversions] = GetParam();
  const auto image = decode_image(as_bytes(image_file(name)));
  const auto want = image_pixels(name);
  EXPECT_GT(want.height, 0);
  EXPECT_EQ(image.pixels.height, want.height);
  EXPECT_EQ(image.pixels.width, want.width);
  EXPECT_EQ(image.pixels.channels, want.channels);
  EXPECT_EQ(image.pixels.values, want.values);
  EXPECT_EQ(image.conversions, conversions);
}

const std::string kColours = "palette to colour";
const std::string kGreys = "palette to grey";
const std::string kOver = "transparency over white";

std::string name_of_test(const testing::TestParamInfo<Expected>& info) {
  auto name = info.param.name;
  name[name.find('.')] = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Png, DecodedFile,
                         testing::Values(Expected{"grey.png"}, Expected{"colour.png"}, Expected{"thin.png"},
                                         Expected{"one_bit.png"}, Expected{"interlaced.png"},
                                         Expected{"turned.png", {"turned as EXIF says"}},
                                         Expected{"palette.png", {kColours}}, Expected{"palette_grey.png", {kGreys}},
                                         Expected{"palette_alpha.png", {kOver, kColours}},
                                         Expected{"alpha.png", {kOver}}, Expected{"grey_alpha.png", {kOver}},
                                         Expected{"opaque_alpha.png", {"opaque alpha dropped"}},
                                         Expected{"grey16.png", {"16 bits to 8"}},
                                         Expected{"colour16.png", {"16 bits to 8"}}, Expected{"key.png", {kOver}}),
                         name_of_test);

INSTANTIATE_TEST_SUITE_P(Jpeg, DecodedFile,
                         testing::Values(Expected{"grey.jpg"}, Expected{"colour.jpg"}, Expected{"full_chroma.jpg"},
                                         Expected{"progressive.jpg"}, Expected{"cmyk.jpg", {"CMYK to colour"}}),
                         name_of_test);

INSTANTIATE_TEST_SUITE_P(WebP, DecodedFile,
                         testing::Values(Expected{"lossy.webp"}, Expected{"lossless.webp"},
                                         Expected{"alpha.webp", {kOver}},
                                         Expected{"turned.webp", {"turned as EXIF says"}}),
                         name_of_test);

INSTANTIATE_TEST_SUITE_P(Others, DecodedFile,
                         testing::Values(Expected{"interlaced.gif", {kColours}}, Expected{"rows.gif", {kColours}},
                                         Expected{"grey.gif", {kGreys}}, Expected{"key.gif", {kOver, kColours}},
                                         Expected{"colour.bmp"}, Expected{"grey.bmp", {kGreys}},
                                         Expected{"one_bit.bmp", {kGreys}}, Expected{"palette.bmp", {kColours}},
                                         Expected{"alpha.bmp", {kOver}}, Expected{"padded.bmp"}, Expected{"colour.ppm"},
                                         Expected{"grey.pgm"}, Expected{"one_bit.pbm"},
                                         Expected{"grey16.pgm", {"16 bits to 8"}}, Expected{"colour.tga"},
                                         Expected{"grey.tga"}, Expected{"packed.tga"},
                                         Expected{"palette.tga", {kColours}}, Expected{"alpha.tga", {kOver}}),
                         name_of_test);

TEST(DecodeImageTest, EveryOrientationOfExifIsTurnedUpright) {
  for (const char orientation : std::string("12345678")) {
    const auto name = std::string("orientation_") + orientation + ".jpg";
    const auto image = decode_image(as_bytes(image_file(name)));
    EXPECT_EQ(image.pixels, image_pixels(name)) << name;
    EXPECT_EQ(image.conversions.empty(), orientation == '1') << name;
  }
}

TEST(DecodeImageTest, WhatIsNoImageIsNamed) {
  EXPECT_EQ(decode_error(""), "an empty file");
  EXPECT_EQ(decode_error("<!DOCTYPE html>\n<html><body>404</body></html>\n"), "a web page, not an image");
  EXPECT_EQ(decode_error("\xef\xbb\xbf \n<HTML>"), "a web page, not an image");
  EXPECT_EQ(decode_error("<?xml version='1.0'?><svg/>"), "an XML or SVG file, not pixels");
  EXPECT_EQ(decode_error("BM is how this text begins"), "text, not an image");
  EXPECT_EQ(decode_error("II*\0\x08\0\0\0"sv), "a TIFF file; want PNG, JPEG, WebP, BMP, GIF, PNM or TGA");
  EXPECT_EQ(decode_error("\0\0\0\x1c"
                         "ftypavif\0\0\0\0"sv)
                .substr(0, 12),
            "an AVIF file");
  EXPECT_EQ(decode_error("PK\x03\x04\x14"), "no image: the content begins with 50 4b 03 04");
  EXPECT_EQ(decode_error("\xff"), "no image: the content begins with ff");
}

TEST(DecodeImageTest, AnimationsAreRefused) {
  EXPECT_EQ(decode_error(image_file("animated.png")), "an animated PNG; want a single image");
  EXPECT_EQ(decode_error(image_file("animated.webp")), "an animated WebP; want a single image");
  EXPECT_EQ(decode_error(image_file("animated.gif")), "an animated GIF; want a single image");
}

const std::vector<std::string> kOneOfEach = {
    "colour.png",    "interlaced.png", "palette.png", "colour.jpg", "progressive.jpg", "cmyk.jpg",   "lossy.webp",
    "lossless.webp", "alpha.webp",     "rows.gif",    "grey.gif",   "colour.bmp",      "grey.bmp",   "alpha.bmp",
    "colour.ppm",    "grey16.pgm",     "one_bit.pbm", "colour.tga", "packed.tga",      "palette.tga"};

TEST(DecodeImageTest, AFileCutAnywhereIsRefused) {
  for (const auto& name : kOneOfEach) {
    const auto whole = image_file(name);
    const auto message = decode_error(whole.substr(0, whole.size() * 6 / 10));
    EXPECT_NE(message.find(" data end early"), std::string::npos) << name << ": " << message;
    // A TGA file ends with a footer that holds no pixels.
    const size_t ending = name.ends_with(".tga") ? 26 : 0;
    for (size_t size = 0; size < whole.size() - ending; ++size) {
      EXPECT_NE(decode_error(whole.substr(0, size)), "no DataError") << name << ", " << size << " of " << whole.size();
    }
  }
}

TEST(DecodeImageTest, EveryDamagedByteOfAPngIsNoticed) {
  for (const char* name : {"colour.png", "turned.png", "palette_alpha.png"}) {
    const auto whole = image_file(name);
    for (size_t i = 0; i < whole.size(); ++i) {
      auto damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
      EXPECT_NE(decode_error(damaged), "no DataError") << name << ", byte " << i;
    }
  }
}

TEST(DecodeImageTest, DamagedDataOfOtherFormatsAreRefused) {
  auto jpeg = image_file("colour.jpg");
  jpeg.insert(jpeg.size() - 2, 40, '?');
  EXPECT_EQ(decode_error(jpeg).substr(0, 26), "the JPEG data are damaged ");
  // The pixels of this file begin at 1078, behind 256 colours; that number is at 10. Now they do at 566, behind 128.
  auto bmp = image_file("grey.bmp");
  bmp.erase(54 + 512, 512).replace(10, 2, "\x36\x02");
  EXPECT_EQ(decode_error(bmp).substr(0, 45), "the BMP data are damaged (a pixel of colour 1");
}

// A GIF of two pixels, black and red; codes of three bits from the lowest up: 4 clears, 5 ends.
std::string small_gif(std::string_view codes) {
  return std::string(
             "GIF87a\2\0\1\0\x80\0\0"
             "\0\0\0\xff\0\0"
             ",\0\0\0\0\2\0\1\0\0"
             "\2\2"sv)
             .append(codes) +
         "\0;"s;
}

TEST(DecodeImageTest, AGifWithoutAllItsPixelsIsRefused) {
  const auto codes = small_gif("\x44\x0a"sv);  // 4, 0, 1, 5
  EXPECT_EQ(decode_image(as_bytes(codes)).pixels.values, (std::vector<uint8_t>{0, 0, 0, 255, 0, 0}));
  EXPECT_EQ(decode_error(small_gif("\x44\x01"sv)), "the GIF data are damaged (1 of 2 pixels)");   // 4, 0, 5
  EXPECT_EQ(decode_error(small_gif("\xc4\x0b"sv)), "the GIF data are damaged (undefined code)");  // 4, 0, 7, 5
  EXPECT_EQ(decode_error(small_gif("\x44\x0a"sv) + "x").substr(0, 3), "no ");                     // behind the end
  EXPECT_EQ(decode_error(codes.substr(0, codes.size() - 1) + "?;"), "the GIF data are damaged (unknown block)");
}

TEST(DecodeImageTest, PnmIsReadInAllItsKinds) {
  const auto values = [](std::string_view text) { return decode_image(as_bytes(text)).pixels.values; };
  using Bytes = std::vector<uint8_t>;
  EXPECT_EQ(values("P1\n# a comment\n3 2\n101\n0 1 0"), (Bytes{0, 255, 0, 255, 0, 255}));
  EXPECT_EQ(values("P2 2#c\n1\n15\n0 15"), (Bytes{0, 255}));
  EXPECT_EQ(values("P3 1 1 100 0 50 99"), (Bytes{0, 128, 252}));
  EXPECT_EQ(values("P5 2 1 255\n\x23\n"), (Bytes{0x23, 0x0a}));
  EXPECT_EQ(values("P5 1 1 511\n\x01\x00"sv), (Bytes{128}));  // 256 * 255 / 511 = 127.75
  EXPECT_EQ(decode_image(as_bytes("P2 1 1 15 7")).conversions,
            std::vector<std::string>{"levels stretched to 0 .. 255"});
  EXPECT_EQ(decode_error("P2 1 1 15 16"), "the PNM data are damaged (16 is above the brightest value 15)");
  EXPECT_EQ(decode_error("P5 3 1 255\nab"), "the PNM data end early");
  EXPECT_EQ(decode_error("P3 1 1 255\n1 2 "), "the PNM data end early");
  EXPECT_EQ(decode_error("P5 1 1 65536 aa").substr(0, 24), "the PNM data are damaged");
  EXPECT_EQ(decode_error("P2 99999999999999999999 1 255 1"), "65536 x 1 pixels, want at most 16384 on a side");
}

TEST(DecodeImageTest, FormatsAreToldByContent) {
  EXPECT_EQ(image_format(as_bytes(image_file("colour.png")).first(12)), "PNG");
  EXPECT_EQ(image_format(as_bytes(image_file("colour.jpg")).first(12)), "JPEG");
  EXPECT_EQ(image_format(as_bytes(image_file("lossy.webp")).first(12)), "WebP");
  EXPECT_EQ(image_format(as_bytes(image_file("colour.bmp")).first(12)), "BMP");
  EXPECT_EQ(image_format(as_bytes(image_file("rows.gif")).first(12)), "GIF");
  EXPECT_EQ(image_format(as_bytes(image_file("grey.pgm")).first(12)), "PNM");
  EXPECT_EQ(image_format(as_bytes(image_file("colour.tga")).first(12)), "");
  EXPECT_EQ(image_format({}), "");
}

}  // namespace
}  // namespace veil::io
