#include "io/report/svg_canvas.h"

#include <algorithm>
#include <string_view>

#include "io/report/markup.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr double kLetter = 7;  // about the width of one; the font is the reader's

std::string unit(double value) { return fixed_number(value, 2); }

std::string hex(PlotColor color) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "#";
  for (const int byte : {color.red, color.green, color.blue}) {
    text += kDigits[static_cast<size_t>(byte) / 16];
    text += kDigits[static_cast<size_t>(byte) % 16];
  }
  return text;
}

std::string list(std::span<const PlotPoint> points) {
  std::string text;
  for (const PlotPoint& point : points) {
    text.append(text.empty() ? "" : " ").append(unit(point.x)).append(",").append(unit(point.y));
  }
  return text;
}

const char* anchor_name(TextAnchor anchor) {
  return anchor == TextAnchor::kStart ? "start" : anchor == TextAnchor::kMiddle ? "middle" : "end";
}

}  // namespace

SvgCanvas::SvgCanvas(int64_t width, int64_t height, const std::string& title)
    : svg_(concat("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", width, " ", height, "\" width=\"", width,
                  "\" height=\"", height,
                  "\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"currentColor\">\n",
                  "<title>", escape_markup(title), "</title>\n")) {}

void SvgCanvas::text(PlotPoint at, const std::string& content, TextStyle style) {
  const std::string turn =
      style.upwards ? concat(" transform=\"rotate(-90 ", short_number(at.x), " ", unit(at.y), ")\"") : "";
  svg_ += concat("<text x=\"", unit(at.x), "\" y=\"", unit(at.y), "\" text-anchor=\"", anchor_name(style.anchor), "\"",
                 turn, style.heading ? " font-size=\"14\" font-weight=\"600\"" : "", ">", escape_markup(content),
                 "</text>\n");
}

double SvgCanvas::text_width(const std::string& content) const {
  const auto letters = std::count_if(content.begin(), content.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;  // does not go on a letter of UTF-8
  });
  return kLetter * static_cast<double>(letters);
}

void SvgCanvas::rule(PlotPoint from, PlotPoint to, double opacity) {
  svg_ += concat("<line x1=\"", unit(from.x), "\" y1=\"", unit(from.y), "\" x2=\"", unit(to.x), "\" y2=\"", unit(to.y),
                 "\" stroke=\"currentColor\" stroke-opacity=\"", short_number(opacity), "\"/>\n");
}

void SvgCanvas::bar(PlotPoint corner, double width, double height, PlotColor color) {
  svg_ += concat("<rect x=\"", unit(corner.x), "\" y=\"", unit(corner.y), "\" width=\"", short_number(width),
                 "\" height=\"", short_number(height), "\" rx=\"", short_number(height / 2), "\" fill=\"", hex(color),
                 "\"/>\n");
}

void SvgCanvas::polyline(std::span<const PlotPoint> points, PlotColor color) {
  svg_ += concat("<polyline fill=\"none\" stroke=\"", hex(color),
                 "\" stroke-width=\"1.8\" stroke-linejoin=\"round\" points=\"", list(points), "\"/>\n");
}

void SvgCanvas::area(std::span<const PlotPoint> points, PlotColor color) {
  svg_ += concat("<polygon fill=\"", hex(color), "\" fill-opacity=\"0.2\" points=\"", list(points), "\"/>\n");
}

void SvgCanvas::dot(PlotPoint centre, PlotColor color) {
  svg_ +=
      concat("<circle cx=\"", unit(centre.x), "\" cy=\"", unit(centre.y), "\" r=\"3\" fill=\"", hex(color), "\"/>\n");
}

}  // namespace veil::io
