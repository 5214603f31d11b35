#include "io/report/plot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "io/report/plot_axis.h"
#include "support/temp_folder.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

int count(const std::string& text, const std::string& part) {
  int found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) {
    ++found;
  }
  return found;
}

std::vector<std::string> labels(const std::vector<double>& values, bool logarithmic, int wanted) {
  std::vector<std::string> result;
  for (const auto& tick : PlotAxis(values, logarithmic).ticks(wanted)) {
    result.push_back(tick.label);
  }
  return result;
}

/// Python's XML parser is the judge.
void expect_well_formed(const std::string& svg) {
  const TempFolder folder;
  const auto file = folder.path() / "plot.svg";
  write_bytes(file, svg);
  const std::string command =
      "python3 -c 'import sys,xml.dom.minidom as m; m.parse(sys.argv[1])' '" + file.string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << svg;
}

TEST(PlotAxisTest, TicksAreRoundNumbers) {
  using Labels = std::vector<std::string>;
  EXPECT_EQ(labels({0, 10}, false, 5), (Labels{"0", "2", "4", "6", "8", "10"}));
  EXPECT_EQ(labels({2.9, 3.1}, false, 5), (Labels{"2.90", "2.95", "3.00", "3.05", "3.10"}));
  EXPECT_EQ(labels({0, 2e-4}, false, 5), (Labels{"0", "5.0e-05", "1.0e-04", "1.5e-04", "2.0e-04"}));
  EXPECT_EQ(labels({0, 20000}, false, 4), (Labels{"0", "5000", "10000", "15000", "20000"}));
  EXPECT_EQ(labels({-1, 1}, false, 4), (Labels{"-1.0", "-0.5", "0", "0.5", "1.0"}));
  EXPECT_EQ(labels({1, 1000}, true, 5), (Labels{"1", "10", "100", "1000"}));
}

TEST(PlotAxisTest, EndsHaveThreePercentOfRoom) {
  const PlotAxis axis({0, 10, kNan, kInf}, false);
  EXPECT_NEAR(axis.position(5), 0.5, 1e-12);
  EXPECT_NEAR(axis.position(0), 0.3 / 10.6, 1e-12);
  EXPECT_NEAR(axis.position(10), 10.3 / 10.6, 1e-12);
}

TEST(PlotAxisTest, AnyNumbersGiveFewTicksInsideTheRange) {
  const double largest = std::numeric_limits<double>::max();
  const double tiny = std::numeric_limits<double>::denorm_min();
  for (const auto& values : std::vector<std::vector<double>>{{0},
                                                             {5},
                                                             {-3},
                                                             {1e300},
                                                             {tiny},
                                                             {0, tiny},
                                                             {-largest, largest},
                                                             {largest},
                                                             {1, 1 + 1e-15},
                                                             {1e-310, 1e-300}}) {
    for (const bool logarithmic : {false, true}) {
      const PlotAxis axis(values, logarithmic);
      const auto ticks = axis.ticks(5);
      EXPECT_LE(ticks.size(), 30U) << values[0];
      for (const double value : values) {
        const double position = axis.has_data() && axis.accepts(value) ? axis.position(value) : 0.5;
        EXPECT_TRUE(position >= 0 && position <= 1) << value;
      }
    }
  }
}

TEST(SvgPlotTest, PointsLieWhereTheAxesSay) {
  const auto svg = svg_plot({{.x = {0, 10}, .y = {0, 10}}}, {.width = 702, .height = 258});
  // Plot area: x from 84 to 684 (600 wide), y from 12 to 212 (200 high), 3 % of the range free at each end.
  EXPECT_NE(svg.find("points=\"100.98,206.34 667.02,17.66\""), std::string::npos) << svg;
}

TEST(SvgPlotTest, TextsAreEscaped) {
  const std::string nasty = "</text><script>\"'&\x01\xff";
  const auto svg =
      svg_plot({{.label = nasty, .x = {1, 2}, .y = {1, 2}}}, {.title = nasty, .x_label = nasty, .y_label = nasty});
  EXPECT_EQ(svg.find("<script>"), std::string::npos);
  EXPECT_EQ(count(svg, "&lt;script&gt;&quot;&#39;&amp;\xEF\xBF\xBD\xEF\xBF\xBD"), 5);  // title twice
  expect_well_formed(svg);
}

TEST(SvgPlotTest, PointsThatAreNoNumbersInterruptTheLine) {
  const auto lines = [](const std::vector<double>& y, bool log_y) {
    return count(svg_plot({{.x = {1, 2, 3, 4, 5}, .y = y}}, {.log_y = log_y}), "<polyline");
  };
  EXPECT_EQ(lines({1, 2, 3, 4, 5}, false), 1);
  EXPECT_EQ(lines({1, 2, kNan, 4, 5}, false), 2);
  EXPECT_EQ(lines({kInf, 2, kNan, 4, -kInf}, false), 2);
  EXPECT_EQ(lines({1, 0, 3, -4, 5}, true), 3);
}

TEST(SvgPlotTest, BandsMarkersAndLegendAreThere) {
  const PlotSeries series{.label = "a", .x = {1, 2}, .y = {1, 2}, .low = {0, 1}, .high = {2, 3}, .markers = true};
  const auto svg = svg_plot({series}, {.title = "t"});
  EXPECT_EQ(count(svg, "<polygon"), 1);
  EXPECT_EQ(count(svg, "<circle"), 2);
  EXPECT_EQ(count(svg, "<rect"), 1);
  expect_well_formed(svg);
}

TEST(SvgPlotTest, NothingToShowIsSaid) {
  for (const auto& svg : {svg_plot({}, {}), svg_plot({{.x = {1}, .y = {kNan}}}, {})}) {
    EXPECT_NE(svg.find("no data"), std::string::npos);
    EXPECT_EQ(count(svg, "<polyline"), 0);
    expect_well_formed(svg);
  }
}

TEST(SvgPlotTest, ALongLegendGoesOnInTheNextRow) {
  std::vector<PlotSeries> series;
  for (int i = 0; i < 5; ++i) {
    series.push_back({.label = std::string(30, 'a'), .x = {0, 1}, .y = {0, 1}});
  }
  const auto svg = svg_plot(series, {.width = 720});
  // Entries of 24 + 7 * 30 units, 24 between: two in a row of 84 .. 702, rows of 20 units below y = 20.
  EXPECT_EQ(count(svg, "<rect x=\"84.00\""), 3);
  EXPECT_EQ(count(svg, "<rect x=\"342.00\""), 2);
  EXPECT_EQ(count(svg, "text-anchor=\"start\">aaa"), 5);
  for (const char* y : {"y=\"20.00\"", "y=\"40.00\"", "y=\"60.00\""}) {
    EXPECT_GE(count(svg, y), 1) << y;
  }
}

TEST(SvgPlotTest, RefusesWhatDoesNotFit) {
  EXPECT_THROW(std::ignore = svg_plot({{.x = {1, 2}, .y = {1}}}, {}), InvalidArgument);
  EXPECT_THROW(std::ignore = svg_plot({{.x = {1}, .y = {1}, .low = {1}}}, {}), InvalidArgument);
  EXPECT_THROW(std::ignore = svg_plot({}, {.width = 100}), InvalidArgument);
  EXPECT_THROW(std::ignore = svg_plot({}, {.height = 5000}), InvalidArgument);
}

}  // namespace
}  // namespace veil::io
