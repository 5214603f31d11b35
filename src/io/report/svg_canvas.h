#pragma once

#include <cstdint>
#include <string>

#include "io/report/plot_canvas.h"

namespace veil::io {

/// A canvas whose drawing is an <svg> element. Ink is the colour of the text around it.
class SvgCanvas : public PlotCanvas {
 public:
  /// title: of the element, for those who cannot see it and for tool tips.
  SvgCanvas(int64_t width, int64_t height, const std::string& title);

  void text(PlotPoint at, const std::string& content, TextStyle style) override;
  [[nodiscard]] double text_width(const std::string& content) const override;
  void rule(PlotPoint from, PlotPoint to, double opacity) override;
  void bar(PlotPoint corner, double width, double height, PlotColor color) override;
  void polyline(std::span<const PlotPoint> points, PlotColor color) override;
  void area(std::span<const PlotPoint> points, PlotColor color) override;
  void dot(PlotPoint centre, PlotColor color) override;

  /// All that was drawn.
  [[nodiscard]] std::string svg() const { return svg_ + "</svg>\n"; }

 private:
  std::string svg_;
};

}  // namespace veil::io
