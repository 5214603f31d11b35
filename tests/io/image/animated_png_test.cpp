#include "io/image/animated_png.h"

#include <gtest/gtest.h>

#include <string>

#include "io/image/decode_image.h"
#include "io/image/heat_colors.h"
#include "io/image/png_chunks.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

Pixels filled(uint8_t value) {
  return {.height = 3, .width = 2, .channels = 1, .values = std::vector<uint8_t>(6, value)};
}

// What a program without animation makes of it: it passes over chunks that it does not know.
std::vector<uint8_t> without_animation(const std::vector<uint8_t>& file) {
  std::vector<uint8_t> still(file.begin(), file.begin() + 8);
  for (const char* type : {"IHDR", "IDAT", "IEND"}) {
    append_chunk(still, type, chunk_content(file, type));
  }
  return still;
}

TEST(AnimatedPngTest, OtherProgramsSeeTheLastFrame) {
  const auto file = encode_animated_png({{filled(1), 40}, {filled(2), 50}, {filled(9), 65535}}, {{"Software", "test"}});
  EXPECT_EQ(decode_image(without_animation(file)).pixels, filled(9));
  // Two numbers of four bytes: frames, and 0 for ever; the tests of the program read the frames themselves.
  EXPECT_EQ(chunk_content(file, "acTL"), (std::vector<uint8_t>{0, 0, 0, 3, 0, 0, 0, 0}));
  const std::vector<uint8_t> first{0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40, 3, 232, 0, 0};
  const auto controls = chunk_content(file, "fcTL");
  ASSERT_EQ(controls.size(), 3 * first.size());
  EXPECT_TRUE(std::equal(first.begin(), first.end(), controls.begin()));
  EXPECT_EQ(encode_animated_png({{filled(1), 40}}), encode_animated_png({{filled(1), 40}}));
}

TEST(AnimatedPngTest, FramesThatDoNotFitAreRefused) {
  EXPECT_THROW((void)encode_animated_png({}), InvalidArgument);
  EXPECT_THROW((void)encode_animated_png({{filled(1), 0}}), InvalidArgument);
  EXPECT_THROW((void)encode_animated_png({{filled(1), 65536}}), InvalidArgument);
  const Pixels wider{.height = 3, .width = 3, .channels = 1, .values = std::vector<uint8_t>(9, 0)};
  EXPECT_THROW((void)encode_animated_png({{filled(1), 10}, {wider, 10}}), InvalidArgument);
}

TEST(HeatColorsTest, GoFromBlackToWhite) {
  using Color = std::array<uint8_t, 3>;
  EXPECT_EQ(heat_color(-1), (Color{0, 0, 0}));
  EXPECT_EQ(heat_color(0), (Color{0, 0, 0}));
  EXPECT_EQ(heat_color(0.5), (Color{203, 62, 70}));
  EXPECT_EQ(heat_color(0.625), (Color{227, 121, 55}));  // half-way to (250, 180, 40)
  EXPECT_EQ(heat_color(7), (Color{255, 255, 255}));
  const std::vector<double> values{0, 1, 2, 4};
  const auto picture = heat_picture(values, 2, 2, 4);
  EXPECT_EQ(std::vector<uint8_t>(picture.values.begin() + 6, picture.values.begin() + 9),
            (std::vector<uint8_t>{203, 62, 70}));
  EXPECT_THROW((void)heat_picture(values, 2, 3, 4), InvalidArgument);
  std::vector<double> many(1000, 1.0);
  many[3] = 500;  // a single one does not make the rest dark
  EXPECT_EQ(heat_white(many), 1.0);
}

}  // namespace
}  // namespace veil::io
