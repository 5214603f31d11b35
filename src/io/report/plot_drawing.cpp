#include "io/report/plot_drawing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "io/report/plot_axis.h"
#include "io/report/plot_legend.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr double kLeft = 84;
constexpr double kNarrow = 480;  // below this width the left edge is as near as its texts allow
constexpr double kLegendRow = 20;
constexpr double kTickRoom = 88;  // of a label below the curves
constexpr double kNarrowTickRoom = 62;
constexpr double kRight = 18;
constexpr double kBottom = 46;
constexpr double kTitle = 30;
constexpr double kFaint = 0.15;  // opacity
constexpr double kClear = 0.6;
constexpr TextStyle kCentred{.anchor = TextAnchor::kMiddle};

/// Where the curves lie, and how values become units there.
struct Frame {
  PlotAxis x_axis;
  PlotAxis y_axis;
  double left;
  double top;
  double right;
  double bottom;

  [[nodiscard]] double x(double value) const { return left + x_axis.position(value) * (right - left); }
  [[nodiscard]] double y(double value) const { return bottom - y_axis.position(value) * (bottom - top); }
  [[nodiscard]] PlotPoint point(double px, double py) const { return {x(px), y(py)}; }
  [[nodiscard]] PlotPoint middle() const { return {(left + right) / 2, (top + bottom) / 2}; }
  [[nodiscard]] bool shows(double px, double py) const { return x_axis.accepts(px) && y_axis.accepts(py); }
};

double left_edge(const PlotCanvas& canvas, const PlotAxis& y_axis, const PlotOptions& options) {
  if (static_cast<double>(options.width) >= kNarrow || !y_axis.has_data()) {
    return kLeft;
  }
  double widest = 0;
  for (const auto& tick : y_axis.ticks(5)) {
    widest = std::max(widest, canvas.text_width(tick.label));
  }
  return (options.y_label.empty() ? 10 : 30) + widest;
}

/// Without room for a legend, which needs the edges to be arranged.
Frame make_frame(const PlotCanvas& canvas, const std::vector<PlotSeries>& series, const PlotOptions& options) {
  std::vector<double> xs;
  std::vector<double> ys;
  for (const auto& line : series) {
    xs.insert(xs.end(), line.x.begin(), line.x.end());
    for (const auto* values : {&line.y, &line.low, &line.high}) {
      ys.insert(ys.end(), values->begin(), values->end());
    }
  }
  const PlotAxis y_axis(ys, options.log_y);
  return {.x_axis = PlotAxis(xs, options.log_x),
          .y_axis = y_axis,
          .left = left_edge(canvas, y_axis, options),
          .top = options.title.empty() || !options.heading ? 12 : kTitle,
          .right = static_cast<double>(options.width) - kRight,
          .bottom = static_cast<double>(options.height) - kBottom};
}

void draw_axes(PlotCanvas& canvas, const Frame& frame, const PlotOptions& options) {
  for (const auto& tick : frame.y_axis.ticks(5)) {
    const double y = frame.y(tick.value);
    canvas.rule({frame.left, y}, {frame.right, y}, kFaint);
    canvas.text({frame.left - 8, y + 4}, tick.label, {.anchor = TextAnchor::kEnd});
  }
  double free_from = 0;  // where the label before ends
  const double room = static_cast<double>(options.width) < kNarrow ? kNarrowTickRoom : kTickRoom;
  const int wanted = std::max(2, static_cast<int>(std::lround((frame.right - frame.left) / room)));
  for (const auto& tick : frame.x_axis.ticks(wanted)) {
    const double x = frame.x(tick.value);
    const double half = canvas.text_width(tick.label) / 2;
    canvas.rule({x, frame.bottom}, {x, frame.bottom + 4}, kClear);
    if (x - half >= free_from && x + half <= static_cast<double>(options.width)) {
      canvas.text({x, frame.bottom + 18}, tick.label, kCentred);
      free_from = x + half + 4;
    }
  }
  canvas.rule({frame.left, frame.bottom}, {frame.right, frame.bottom}, kClear);
  canvas.text({frame.middle().x, frame.bottom + 38}, options.x_label, kCentred);
  canvas.text({14, frame.middle().y}, options.y_label, {.anchor = TextAnchor::kMiddle, .upwards = true});
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

void draw_band(PlotCanvas& canvas, const PlotSeries& line, const Frame& frame, PlotColor fill) {
  const auto shows = [&](size_t i) {
    return frame.shows(line.x[i], line.low[i]) && frame.shows(line.x[i], line.high[i]);
  };
  for (const auto& [first, last] : visible_runs(line.low.size(), shows)) {
    std::vector<PlotPoint> outline;
    for (size_t i = first; i < last; ++i) {
      outline.push_back(frame.point(line.x[i], line.high[i]));
    }
    for (size_t i = last; i-- > first;) {
      outline.push_back(frame.point(line.x[i], line.low[i]));
    }
    canvas.area(outline, fill);
  }
}

/// From low to high at every point, so that a single one has an interval too.
void draw_whiskers(PlotCanvas& canvas, const PlotSeries& line, const Frame& frame, PlotColor stroke) {
  for (size_t i = 0; i < line.low.size() && line.markers; ++i) {
    if (frame.shows(line.x[i], line.low[i]) && frame.shows(line.x[i], line.high[i])) {
      canvas.polyline(std::array{frame.point(line.x[i], line.low[i]), frame.point(line.x[i], line.high[i])}, stroke);
    }
  }
}

void draw_line(PlotCanvas& canvas, const PlotSeries& line, const Frame& frame, PlotColor stroke) {
  const auto shows = [&](size_t i) { return frame.shows(line.x[i], line.y[i]); };
  for (const auto& [first, last] : visible_runs(line.x.size(), shows)) {
    std::vector<PlotPoint> points;
    for (size_t i = first; i < last; ++i) {
      points.push_back(frame.point(line.x[i], line.y[i]));
    }
    canvas.polyline(points, stroke);
    if (line.markers || points.size() == 1) {
      for (const PlotPoint& point : points) {
        canvas.dot(point, stroke);
      }
    }
  }
}

}  // namespace

void check_plot(const std::vector<PlotSeries>& series, const PlotOptions& options) {
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

void draw_plot(PlotCanvas& canvas, const std::vector<PlotSeries>& series, const PlotOptions& options) {
  Frame frame = make_frame(canvas, series, options);
  const double legend_left = std::min(frame.left, static_cast<double>(options.width) < kNarrow ? 8 : kLeft);
  const Legend legend = arrange_legend(canvas, series, legend_left, frame.right);
  if (options.heading) {
    canvas.text({frame.left, 20}, options.title, {.heading = true});
  }
  draw_legend(canvas, legend, frame.top + kLegendRow - 12);
  frame.top += legend.height;
  if (!frame.x_axis.has_data() || !frame.y_axis.has_data()) {
    canvas.text(frame.middle(), "no data", kCentred);
    return;
  }
  draw_axes(canvas, frame, options);
  for (size_t i = 0; i < series.size(); ++i) {
    draw_band(canvas, series[i], frame, curve_color(i));
    draw_whiskers(canvas, series[i], frame, curve_color(i));
  }
  for (size_t i = 0; i < series.size(); ++i) {
    draw_line(canvas, series[i], frame, curve_color(i));
  }
}

}  // namespace veil::io
