#pragma once

#include <cstdint>
#include <opencv2/core.hpp>
#include <string>

#include "io/report/plot_canvas.h"
#include "veil/io/image/pixels.h"

namespace veil::io {

/// A canvas whose drawing is a picture, dark ink on white. It is drawn larger than it comes out, so that edges are
/// smooth: of `width` x `height` units, 48 bytes for each while it is drawn.
class RasterCanvas : public PlotCanvas {
 public:
  RasterCanvas(int64_t width, int64_t height);

  void text(PlotPoint at, const std::string& content, TextStyle style) override;
  [[nodiscard]] double text_width(const std::string& content) const override;
  void rule(PlotPoint from, PlotPoint to, double opacity) override;
  void bar(PlotPoint corner, double width, double height, PlotColor color) override;
  void polyline(std::span<const PlotPoint> points, PlotColor color) override;
  void area(std::span<const PlotPoint> points, PlotColor color) override;
  void dot(PlotPoint centre, PlotColor color) override;

  /// All that was drawn, two pixels to a unit.
  [[nodiscard]] Pixels pixels() const;

 private:
  void draw_text(cv::Point2d at, const std::string& content, TextStyle style);

  cv::Mat image_;  // 8 bits of red, green and blue, kDrawn pixels to a unit
};

}  // namespace veil::io
