#include "io/report/raster_canvas.h"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

namespace veil::io {
namespace {

constexpr int kWritten = 2;   // pixels to a unit: plots are looked at on screens of twice the old density
constexpr int kDrawn = 4;     // the same while it is drawn
constexpr int kFraction = 4;  // bits of a coordinate behind the point
constexpr PlotColor kInk{0x1d, 0x23, 0x30};
constexpr double kSeen = 0.2;  // opacity of an area

// OpenCV's strokes for letters; a capital is 21 high at scale 1.
constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
constexpr double kCapital = 21;

struct Letters {
  double scale;
  int thickness;
};

Letters letters(bool heading) {
  return heading ? Letters{10.0 * kDrawn / kCapital, 7} : Letters{8.4 * kDrawn / kCapital, 4};
}

cv::Scalar scalar(PlotColor color) { return {double(color.red), double(color.green), double(color.blue)}; }

cv::Scalar mixed_with_white(PlotColor color, double opacity) {
  return scalar(color) * opacity + cv::Scalar::all(255 * (1 - opacity));
}

/// From units to pixels as OpenCV counts them, from the middle of the first.
double to_pixels(double value) { return value * kDrawn - 0.5; }

cv::Point fixed_point(PlotPoint point) {
  const auto fixed = [](double value) {
    return static_cast<int>(std::lround(std::ldexp(to_pixels(value), kFraction)));
  };
  return {fixed(point.x), fixed(point.y)};
}

std::vector<cv::Point> fixed_points(std::span<const PlotPoint> points) {
  std::vector<cv::Point> fixed;
  for (const PlotPoint& point : points) {
    fixed.push_back(fixed_point(point));
  }
  return fixed;
}

/// Every character that has no strokes, of one byte or several, as one question mark.
std::string drawable(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool goes_on = byte >= 0x80 && byte < 0xc0;  // of a character of UTF-8
    if (!goes_on) {
      result += byte >= 0x20 && byte < 0x7f ? c : '?';
    }
  }
  return result;
}

double width_in_pixels(const std::string& text, Letters size) {
  int baseline = 0;
  return cv::getTextSize(text, kFont, size.scale, size.thickness, &baseline).width;
}

}  // namespace

RasterCanvas::RasterCanvas(int64_t width, int64_t height)
    : image_(static_cast<int>(height) * kDrawn, static_cast<int>(width) * kDrawn, CV_8UC3, cv::Scalar::all(255)) {}

void RasterCanvas::draw_text(cv::Point2d at, const std::string& content, TextStyle style) {
  const Letters size = letters(style.heading);
  const std::string text = drawable(content);
  const double part = style.anchor == TextAnchor::kStart ? 0 : style.anchor == TextAnchor::kMiddle ? 0.5 : 1;
  const double width = width_in_pixels(text, size);
  // A label at the edge moves inside rather than lose a letter.
  at.x = std::max(0.0, std::min(at.x - part * width, image_.cols - width));
  cv::putText(image_, text, at, kFont, size.scale, scalar(kInk), size.thickness, cv::LINE_AA);
}

void RasterCanvas::text(PlotPoint at, const std::string& content, TextStyle style) {
  const cv::Point2d pixel(to_pixels(at.x), to_pixels(at.y));
  if (!style.upwards) {
    draw_text(pixel, content, style);
    return;
  }
  // Letters go from left to right only, so the picture is turned under them.
  const cv::Point2d turned(image_.rows - 1 - pixel.y, pixel.x);
  cv::rotate(image_, image_, cv::ROTATE_90_CLOCKWISE);
  draw_text(turned, content, style);
  cv::rotate(image_, image_, cv::ROTATE_90_COUNTERCLOCKWISE);
}

double RasterCanvas::text_width(const std::string& content) const {
  return width_in_pixels(drawable(content), letters(/*heading=*/false)) / kDrawn;
}

void RasterCanvas::rule(PlotPoint from, PlotPoint to, double opacity) {
  cv::line(image_, fixed_point(from), fixed_point(to), mixed_with_white(kInk, opacity), kDrawn, cv::LINE_AA, kFraction);
}

void RasterCanvas::bar(PlotPoint corner, double width, double height, PlotColor color) {
  const double radius = height / 2;
  const double y = corner.y + radius;
  cv::line(image_, fixed_point({corner.x + radius, y}), fixed_point({corner.x + width - radius, y}), scalar(color),
           static_cast<int>(height * kDrawn), cv::LINE_AA, kFraction);
}

void RasterCanvas::polyline(std::span<const PlotPoint> points, PlotColor color) {
  constexpr int kThickness = 7;  // 1.8 units
  cv::polylines(image_, fixed_points(points), /*isClosed=*/false, scalar(color), kThickness, cv::LINE_AA, kFraction);
}

void RasterCanvas::area(std::span<const PlotPoint> points, PlotColor color) {
  cv::Mat filled = image_.clone();
  cv::fillPoly(filled, std::vector{fixed_points(points)}, scalar(color), cv::LINE_AA, kFraction);
  cv::addWeighted(filled, kSeen, image_, 1 - kSeen, 0, image_);
}

void RasterCanvas::dot(PlotPoint centre, PlotColor color) {
  constexpr int kRadius = (3 * kDrawn) << kFraction;
  cv::circle(image_, fixed_point(centre), kRadius, scalar(color), cv::FILLED, cv::LINE_AA, kFraction);
}

Pixels RasterCanvas::pixels() const {
  cv::Mat small;
  cv::resize(image_, small, image_.size() * kWritten / kDrawn, 0, 0, cv::INTER_AREA);
  return {.height = small.rows, .width = small.cols, .channels = 3, .values = {small.datastart, small.dataend}};
}

}  // namespace veil::io
