#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "io/file/file_mark.h"
#include "io/image/decode_image.h"
#include "io/report/plot.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

using Color = std::array<int, 3>;
constexpr Color kBlue{0x2f, 0x7e, 0xd8};  // the first curve's, as in SVG

Color color_at(const Pixels& image, int64_t x, int64_t y) {
  const auto* pixel = image.values.data() + (y * image.width + x) * 3;
  return {pixel[0], pixel[1], pixel[2]};
}

void expect_color(const Pixels& image, int64_t x, int64_t y, Color want) {
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_NEAR(color_at(image, x, y)[i], want[i], 2) << x << ", " << y << ", channel " << i;
  }
}

struct Box {
  int left = 1'000'000;
  int top = 1'000'000;
  int right = -1;
  int bottom = -1;
  int pixels = 0;
};

/// What is nearly as dark as ink: letters, and the curves of no plot here.
Box dark_pixels(const Pixels& image, int right, int bottom) {
  Box box;
  for (int y = 0; y < bottom; ++y) {
    for (int x = 0; x < right; ++x) {
      if (color_at(image, x, y)[2] < 100) {
        box = {std::min(box.left, x), std::min(box.top, y), std::max(box.right, x), std::max(box.bottom, y),
               box.pixels + 1};
      }
    }
  }
  return box;
}

TEST(RasterPlotTest, PointsLieWhereTheAxesSay) {
  const auto image = raster_plot({{.x = {0, 10}, .y = {0, 10}}}, {.width = 702, .height = 258});
  EXPECT_EQ(image.width, 1404);
  EXPECT_EQ(image.height, 516);
  EXPECT_EQ(image.values.size(), 1404U * 516 * 3);
  // From (100.98, 206.34) to (667.02, 17.66) in units, two pixels each: see SvgPlotTest. The middle, and 15 % of the
  // way.
  expect_color(image, 768, 224, kBlue);
  expect_color(image, 371, 356, kBlue);
  expect_color(image, 768, 212, {255, 255, 255});
  expect_color(image, 0, 0, {255, 255, 255});
}

TEST(RasterPlotTest, ABandIsAFifthOfItsColour) {
  const auto image =
      raster_plot({{.x = {0, 10}, .y = {5, 5}, .low = {0, 0}, .high = {10, 10}}}, {.width = 702, .height = 258});
  // The value 7, between two lines of the grid: 212 - 200 * 7.3 / 10.6 = 74.26 units.
  expect_color(image, 768, 148, {213, 229, 247});
}

TEST(RasterPlotTest, TextsAreDrawnUprightAndOnTheirSide) {
  const std::vector<PlotSeries> line{{.x = {0, 1}, .y = {0, 1}}};
  EXPECT_EQ(dark_pixels(raster_plot(line, {}), 40, 640).pixels, 0);
  EXPECT_EQ(dark_pixels(raster_plot(line, {}), 1440, 16).pixels, 0);
  const auto image = raster_plot(line, {.title = "Bits per dimension", .y_label = "bits per dimension"});
  const Box title = dark_pixels(image, 1440, 50);
  EXPECT_GT(title.pixels, 500);
  EXPECT_NEAR(title.left, 2 * 84, 6);  // where the curves begin
  EXPECT_NEAR(title.right - title.left, 18 * 2 * 8, 60);
  const Box label = dark_pixels(image, 40, 640);
  EXPECT_GT(label.pixels, 200);
  EXPECT_GT(label.bottom - label.top, 6 * (label.right - label.left));
  EXPECT_NEAR((label.top + label.bottom) / 2.0, 2 * (30 + 320 - 46) / 2.0, 8);  // beside the middle of the curves
}

TEST(RasterPlotTest, NothingIsCutAtTheEdges) {
  const std::vector<PlotSeries> series{{.label = std::string(40, 'W'), .x = {0, 3.9e7}, .y = {-3e-7, 3e-7}},
                                       {.label = std::string(40, 'W'), .x = {}, .y = {}}};
  const auto image = raster_plot(series, {.title = "gjpqy", .x_label = "gjpqy", .y_label = "gjpqy"});
  for (int64_t y = 0; y < image.height; ++y) {
    EXPECT_EQ(color_at(image, 0, y), (Color{255, 255, 255})) << y;
    EXPECT_EQ(color_at(image, image.width - 1, y), (Color{255, 255, 255})) << y;
  }
  for (int64_t x = 0; x < image.width; ++x) {
    EXPECT_EQ(color_at(image, x, 0), (Color{255, 255, 255})) << x;
    EXPECT_EQ(color_at(image, x, image.height - 1), (Color{255, 255, 255})) << x;
  }
}

TEST(RasterPlotTest, NothingToShowIsSaid) {
  const Box text = dark_pixels(raster_plot({}, {}), 1440, 640);
  EXPECT_GT(text.pixels, 100);
  EXPECT_NEAR((text.left + text.right) / 2.0, 2 * (84 + 702) / 2.0, 4);
}

TEST(PlotFileTest, TheEndingChoosesTheFormat) {
  const TempFolder folder;
  const std::vector<PlotSeries> line{{.label = "a", .x = {0, 1}, .y = {0, 1}}};
  for (const char* name : {"a.png", "a.PNG"}) {
    write_plot(folder.path() / name, line, {});
    const auto bytes = read_bytes(folder.path() / name);
    EXPECT_EQ(decode_image({reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()}).pixels,
              raster_plot(line, {}));
  }
  for (const char* name : {"a.svg", "a.Svg"}) {
    write_plot(folder.path() / name, line, {});
    EXPECT_EQ(read_bytes(folder.path() / name), svg_mark(kPlotMark) + svg_plot(line, {}));
  }
}

TEST(PlotFileTest, OtherEndingsAreRefusedBeforeAnythingIsWritten) {
  const TempFolder folder;
  for (const char* name : {"a.jpg", "a", "a.svg.gz", ".png", "png"}) {
    try {
      write_plot(folder.path() / name, {}, {});
      ADD_FAILURE() << name;
    } catch (const InvalidArgument& error) {
      const std::string want = std::string(name) + ": want a name that ends in .png or .svg";
      EXPECT_NE(std::string(error.what()).find(want), std::string::npos) << error.what();
    }
    EXPECT_FALSE(std::filesystem::exists(folder.path() / name));
  }
}

}  // namespace
}  // namespace veil::io
