#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace veil::io {

/// In units of the plot, from its top left.
struct PlotPoint {
  double x = 0;
  double y = 0;
};

struct PlotColor {
  uint8_t red = 0;
  uint8_t green = 0;
  uint8_t blue = 0;
};

enum class TextAnchor { kStart, kMiddle, kEnd };

struct TextStyle {
  TextAnchor anchor = TextAnchor::kStart;  ///< which part of the text stands at its point
  bool heading = false;                    ///< larger and bold
  bool upwards = false;                    ///< read from below to above
};

/// What plots are drawn on. Text and rules have the colour of ink; the rest has a colour of its own.
class PlotCanvas {
 public:
  PlotCanvas() = default;
  virtual ~PlotCanvas() = default;
  PlotCanvas(const PlotCanvas&) = delete;
  PlotCanvas& operator=(const PlotCanvas&) = delete;
  PlotCanvas(PlotCanvas&&) = delete;
  PlotCanvas& operator=(PlotCanvas&&) = delete;

  /// A line of text whose base line goes through `at`.
  virtual void text(PlotPoint at, const std::string& content, TextStyle style) = 0;
  /// About how wide a text is that is no heading, in units.
  [[nodiscard]] virtual double text_width(const std::string& content) const = 0;
  /// A thin straight line; opacity in (0, 1].
  virtual void rule(PlotPoint from, PlotPoint to, double opacity) = 0;
  /// A bar with round ends, of size width x height.
  virtual void bar(PlotPoint corner, double width, double height, PlotColor color) = 0;
  virtual void polyline(std::span<const PlotPoint> points, PlotColor color) = 0;
  /// The inside of a polygon, through which the grid can be seen.
  virtual void area(std::span<const PlotPoint> points, PlotColor color) = 0;
  virtual void dot(PlotPoint centre, PlotColor color) = 0;
};

}  // namespace veil::io
