// What a plot does where there is little room.
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

#include "io/report/bar_plot.h"
#include "io/report/plot.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

struct DrawnText {
  double x = 0;
  double y = 0;
  std::string anchor;
  std::string text;

  [[nodiscard]] double width() const { return 7.0 * static_cast<double>(text.size()); }  // of the widest letters
  [[nodiscard]] double left() const {
    return anchor == "start" ? x : anchor == "middle" ? x - width() / 2 : x - width();
  }
};

// Those that are not turned.
std::vector<DrawnText> texts_of(const std::string& svg) {
  const std::regex pattern("<text x=\"([^\"]*)\" y=\"([^\"]*)\" text-anchor=\"([a-z]*)\">([^<]*)</text>");
  std::vector<DrawnText> texts;
  for (std::sregex_iterator at(svg.begin(), svg.end(), pattern), end; at != end; ++at) {
    texts.push_back({std::stod((*at)[1]), std::stod((*at)[2]), (*at)[3], (*at)[4]});
  }
  return texts;
}

std::vector<std::string> contents_at(const std::vector<DrawnText>& texts, double y) {
  std::vector<std::string> contents;
  for (const auto& text : texts) {
    if (text.y == y) {
      contents.push_back(text.text);
    }
  }
  return contents;
}

PlotOptions narrow() {
  PlotOptions options;
  options.heading = false;
  options.width = 328;
  return options;
}

TEST(NarrowPlotTest, ALabelThatIsTooLongGoesOnInAFurtherLine) {
  PlotSeries series;
  series.label = "evaluation on 200 of 10000 examples, 95 % interval";  // 50 letters of 7 in 328 - 18 - 8 - 24 = 278
  series.x = {1, 2};
  series.y = {1, 2};
  const auto texts = texts_of(svg_plot({series, series}, narrow()));
  EXPECT_EQ(contents_at(texts, 20), std::vector<std::string>{"evaluation on 200 of 10000 examples, 95"});
  EXPECT_EQ(contents_at(texts, 35), std::vector<std::string>{"% interval"});
  EXPECT_EQ(contents_at(texts, 55), std::vector<std::string>{"evaluation on 200 of 10000 examples, 95"});
}

TEST(NarrowPlotTest, AWordThatIsTooLongIsCut) {
  PlotSeries series;
  series.label = "a " + std::string(45, 'w') + " b";  // 39 letters of 7 are 273 of the 278 units, 40 are 280
  series.x = {1, 2};
  series.y = {1, 2};
  const auto texts = texts_of(svg_plot({series}, narrow()));
  EXPECT_EQ(contents_at(texts, 20), std::vector<std::string>{"a"});
  EXPECT_EQ(contents_at(texts, 35), std::vector<std::string>{std::string(39, 'w')});
  EXPECT_EQ(contents_at(texts, 50), std::vector<std::string>{std::string(6, 'w') + " b"});
}

TEST(NarrowPlotTest, LabelsOfAnAxisDoNotMeetAndStayInside) {
  for (const double scale : {1.0, 1e3, 1e6, 1e9, 1e-7}) {
    for (const bool is_logarithmic : {false, true}) {
      PlotOptions options = narrow();
      options.log_x = is_logarithmic;
      PlotSeries series;
      series.x = {scale, 1.7 * scale, 900 * scale};
      series.y = {1, 2, 3};
      auto ticks = texts_of(svg_plot({series}, options));
      std::erase_if(ticks, [](const DrawnText& text) { return text.y != 320 - 46 + 18; });
      ASSERT_GE(ticks.size(), 2U) << scale;
      double free_from = 0;
      for (const auto& tick : ticks) {
        EXPECT_GE(tick.left(), free_from) << scale << ": " << tick.text;
        free_from = tick.left() + tick.width();
      }
      EXPECT_LE(free_from, 328) << scale;
    }
  }
}

TEST(NarrowPlotTest, TheLeftEdgeIsAsWideAsItsLabels) {
  PlotSeries series;
  series.x = {0, 1};
  series.y = {0, 1e5};
  const auto texts = texts_of(svg_plot({series}, narrow()));
  const auto widest = std::max_element(texts.begin(), texts.end(), [](const auto& a, const auto& b) {
    return (a.anchor == "end" ? a.width() : 0) < (b.anchor == "end" ? b.width() : 0);
  });
  EXPECT_EQ(widest->text, "100000");
  EXPECT_EQ(widest->x, 10 + 42 - 8);
}

TEST(NarrowPlotTest, ASinglePointHasItsInterval) {
  PlotSeries series;
  series.x = {5};
  series.y = {2};
  series.low = {1};
  series.high = {3};
  series.markers = true;
  const auto svg = svg_plot({series}, narrow());
  // From 1 to 3 with 3 % of the range free: 2 / 2.12 of 320 - 46 - 12 = 262 units.
  const std::regex whisker("<polyline [^>]*points=\"([0-9.]*),([0-9.]*) ([0-9.]*),([0-9.]*)\"");
  std::smatch found;
  ASSERT_TRUE(std::regex_search(svg, found, whisker)) << svg;
  EXPECT_EQ(found[1], found[3]);
  EXPECT_NEAR(std::stod(found[2]) - std::stod(found[4]), 262 * 2 / 2.12, 0.02);
}

TEST(BarPlotTest, BarsAreAsLongAsTheirValues) {
  std::vector<PlotBar> bars(3);
  bars[0].value = 2;
  bars[0].text = "2.0";
  bars[1].value = 4;
  bars[1].low = 3;
  bars[1].high = 5;
  bars[1].text = "4.0";
  bars[2].value = 0;
  bars[2].text = "0";
  PlotOptions options;
  options.width = 325;
  const auto svg = svg_bars(bars, options);
  // 325 units without 4 at the left, gaps of 8 and a text of 3 letters: 284, of which 5 are 284.
  EXPECT_NE(svg.find("width=\"113.6\" height=\"12\""), std::string::npos) << svg;
  EXPECT_NE(svg.find("width=\"227.2\" height=\"12\""), std::string::npos) << svg;
  EXPECT_NE(svg.find("width=\"12\" height=\"12\""), std::string::npos) << svg;
  EXPECT_NE(svg.find("points=\"174.40,63.00 288.00,63.00\""), std::string::npos) << svg;
  bars[2].value = -1;
  EXPECT_THROW((void)svg_bars(bars, options), InvalidArgument);
}

}  // namespace
}  // namespace veil::io
