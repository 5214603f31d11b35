#include "io/report/svg_plot.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "io/report/markup.h"
#include "io/report/plot_axis.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

// Mid-tones that stand out on white and on black, told apart by brightness as well as by hue.
constexpr std::array kColors{"#2f7ed8", "#e07b26", "#3aa66a", "#c4495d", "#8a63c9", "#8a8a8a"};
constexpr double kLeft = 84;
constexpr double kRight = 18;
constexpr double kBottom = 46;
constexpr double kTitle = 30;
constexpr double kLegend = 20;

std::string pixel(double value) { return fixed_number(value, 2); }

const char* color(size_t index) { return kColors[index % kColors.size()]; }

/// Where the curves lie, and how values become pixels there.
struct Frame {
  PlotAxis x_axis;
  PlotAxis y_axis;
  double left;
  double top;
  double right;
  double bottom;

  [[nodiscard]] double x(double value) const { return left + x_axis.position(value) * (right - left); }
  [[nodiscard]] double y(double value) const { return bottom - y_axis.position(value) * (bottom - top); }
  [[nodiscard]] std::string point(double px, double py) const { return pixel(x(px)) + "," + pixel(y(py)); }
  [[nodiscard]] bool shows(double px, double py) const { return x_axis.accepts(px) && y_axis.accepts(py); }
};

void check(const std::vector<PlotSeries>& series, const PlotOptions& options) {
  require(options.width >= 200 && options.width <= 4000 && options.height >= 200 && options.height <= 4000, "plot of ",
          options.width, " x ", options.height, ", want 200 .. 4000 pixels");
  for (const auto& line : series) {
    require(line.y.size() == line.x.size(), "series has ", line.x.size(), " x and ", line.y.size(), " y");
    require((line.low.empty() && line.high.empty()) ||
                (line.low.size() == line.x.size() && line.high.size() == line.x.size()),
            "a band has ", line.low.size(), " low and ", line.high.size(), " high values, want none or ",
            line.x.size());
  }
}

Frame make_frame(const std::vector<PlotSeries>& series, const PlotOptions& options) {
  std::vector<double> xs;
  std::vector<double> ys;
  bool legend = false;
  for (const auto& line : series) {
    xs.insert(xs.end(), line.x.begin(), line.x.end());
    for (const auto* values : {&line.y, &line.low, &line.high}) {
      ys.insert(ys.end(), values->begin(), values->end());
    }
    legend = legend || !line.label.empty();
  }
  return {.x_axis = PlotAxis(xs, options.log_x),
          .y_axis = PlotAxis(ys, options.log_y),
          .left = kLeft,
          .top = (options.title.empty() ? 12 : kTitle) + (legend ? kLegend : 0),
          .right = static_cast<double>(options.width) - kRight,
          .bottom = static_cast<double>(options.height) - kBottom};
}

std::string text(double x, double y, const char* anchor, const std::string& content, const std::string& more = "") {
  return concat("<text x=\"", pixel(x), "\" y=\"", pixel(y), "\" text-anchor=\"", anchor, "\"", more, ">",
                escape_markup(content), "</text>\n");
}

std::string segment(double x1, double y1, double x2, double y2, const char* opacity) {
  return concat("<line x1=\"", pixel(x1), "\" y1=\"", pixel(y1), "\" x2=\"", pixel(x2), "\" y2=\"", pixel(y2),
                "\" stroke=\"currentColor\" stroke-opacity=\"", opacity, "\"/>\n");
}

std::string draw_axes(const Frame& frame, const PlotOptions& options) {
  std::string svg;
  const double middle = (frame.top + frame.bottom) / 2;
  for (const auto& tick : frame.y_axis.ticks(5)) {
    const double y = frame.y(tick.value);
    svg += segment(frame.left, y, frame.right, y, "0.15") + text(frame.left - 8, y + 4, "end", tick.label);
  }
  for (const auto& tick : frame.x_axis.ticks(7)) {
    const double x = frame.x(tick.value);
    svg += segment(x, frame.bottom, x, frame.bottom + 4, "0.6") + text(x, frame.bottom + 18, "middle", tick.label);
  }
  svg += segment(frame.left, frame.bottom, frame.right, frame.bottom, "0.6");
  svg += text((frame.left + frame.right) / 2, frame.bottom + 38, "middle", options.x_label);
  svg += text(14, middle, "middle", options.y_label, concat(" transform=\"rotate(-90 14 ", pixel(middle), ")\""));
  return svg;
}

std::string draw_legend(const std::vector<PlotSeries>& series, const Frame& frame) {
  std::string svg;
  double x = frame.left;
  const double y = frame.top - 12;
  for (size_t i = 0; i < series.size(); ++i) {
    if (!series[i].label.empty()) {
      svg += concat("<rect x=\"", pixel(x), "\" y=\"", pixel(y - 6), "\" width=\"18\" height=\"4\" rx=\"2\" fill=\"",
                    color(i), "\"/>\n");
      svg += text(x + 24, y, "start", series[i].label);
      x += 24 + 7.0 * static_cast<double>(series[i].label.size()) + 24;  // 7: about the width of a letter
    }
  }
  return svg;
}

/// The runs of consecutive points that can be shown, as (first, one past last).
std::vector<std::pair<size_t, size_t>> visible_runs(size_t size, const auto& shows) {
  std::vector<std::pair<size_t, size_t>> runs;
  for (size_t i = 0; i < size; ++i) {
    if (shows(i)) {
      if (runs.empty() || runs.back().second != i) {
        runs.emplace_back(i, i);
      }
      runs.back().second = i + 1;
    }
  }
  return runs;
}

std::string draw_band(const PlotSeries& line, const Frame& frame, const char* fill) {
  std::string svg;
  const auto shows = [&](size_t i) {
    return frame.shows(line.x[i], line.low[i]) && frame.shows(line.x[i], line.high[i]);
  };
  for (const auto& [first, last] : visible_runs(line.low.size(), shows)) {
    svg += concat("<polygon fill=\"", fill, "\" fill-opacity=\"0.2\" points=\"");
    for (size_t i = first; i < last; ++i) {
      svg += frame.point(line.x[i], line.high[i]) + " ";
    }
    for (size_t i = last; i-- > first;) {
      svg += frame.point(line.x[i], line.low[i]) + (i == first ? "" : " ");
    }
    svg += "\"/>\n";
  }
  return svg;
}

std::string draw_line(const PlotSeries& line, const Frame& frame, const char* stroke) {
  std::string svg;
  const auto shows = [&](size_t i) { return frame.shows(line.x[i], line.y[i]); };
  for (const auto& [first, last] : visible_runs(line.x.size(), shows)) {
    svg += concat("<polyline fill=\"none\" stroke=\"", stroke,
                  "\" stroke-width=\"1.8\" stroke-linejoin=\"round\" points=\"");
    for (size_t i = first; i < last; ++i) {
      svg += frame.point(line.x[i], line.y[i]) + (i + 1 == last ? "" : " ");
    }
    svg += "\"/>\n";
    for (size_t i = first; i < last && (line.markers || last - first == 1); ++i) {
      svg += concat("<circle cx=\"", pixel(frame.x(line.x[i])), "\" cy=\"", pixel(frame.y(line.y[i])),
                    "\" r=\"3\" fill=\"", stroke, "\"/>\n");
    }
  }
  return svg;
}

}  // namespace

std::string svg_plot(const std::vector<PlotSeries>& series, const PlotOptions& options) {
  check(series, options);
  const Frame frame = make_frame(series, options);
  std::string svg =
      concat("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", options.width, " ", options.height,
             "\" width=\"", options.width, "\" height=\"", options.height,
             "\" role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"currentColor\">\n");
  svg += concat("<title>", escape_markup(options.title), "</title>\n");
  svg += text(frame.left, 20, "start", options.title, " font-size=\"14\" font-weight=\"600\"");
  svg += draw_legend(series, frame);
  if (frame.x_axis.has_data() && frame.y_axis.has_data()) {
    svg += draw_axes(frame, options);
    for (size_t i = 0; i < series.size(); ++i) {
      svg += draw_band(series[i], frame, color(i));
    }
    for (size_t i = 0; i < series.size(); ++i) {
      svg += draw_line(series[i], frame, color(i));
    }
  } else {
    svg += text((frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2, "middle", "no data");
  }
  return svg + "</svg>\n";
}

}  // namespace veil::io
