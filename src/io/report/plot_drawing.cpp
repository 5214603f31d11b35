#include "io/report/plot_drawing.h"

#include <algorithm>
#include <array>
#include <utility>

#include "io/report/plot_axis.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

// Mid-tones that stand out on white and on black, told apart by brightness as well as by hue.
constexpr std::array<PlotColor, 6> kColors{{{0x2f, 0x7e, 0xd8},
                                            {0xe0, 0x7b, 0x26},
                                            {0x3a, 0xa6, 0x6a},
                                            {0xc4, 0x49, 0x5d},
                                            {0x8a, 0x63, 0xc9},
                                            {0x8a, 0x8a, 0x8a}}};
constexpr double kLeft = 84;
constexpr double kRight = 18;
constexpr double kBottom = 46;
constexpr double kTitle = 30;
constexpr double kLegend = 20;   // a row
constexpr double kSample = 24;   // of colour before a label, and the gap behind it
constexpr double kFaint = 0.15;  // opacity
constexpr double kClear = 0.6;
constexpr TextStyle kCentred{.anchor = TextAnchor::kMiddle};

PlotColor color(size_t index) { return kColors[index % kColors.size()]; }

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

/// Where the entries of the legend begin, for series that have a label: rows of as many as there is room for, down from
/// y = 0. Others have the place of the entry that would follow.
struct Legend {
  std::vector<PlotPoint> places;
  double height = 0;
};

Legend arrange_legend(const PlotCanvas& canvas, const std::vector<PlotSeries>& series, double right) {
  Legend legend;
  PlotPoint place{kLeft, 0};
  for (const auto& line : series) {
    const double width = line.label.empty() ? 0 : kSample + canvas.text_width(line.label);
    if (width > 0 && place.x > kLeft && place.x + width > right) {
      place = {kLeft, place.y + kLegend};
    }
    legend.places.push_back(place);
    if (width > 0) {
      place.x += width + kSample;
      legend.height = place.y + kLegend;
    }
  }
  return legend;
}

Frame make_frame(const std::vector<PlotSeries>& series, const PlotOptions& options, double legend_height) {
  std::vector<double> xs;
  std::vector<double> ys;
  for (const auto& line : series) {
    xs.insert(xs.end(), line.x.begin(), line.x.end());
    for (const auto* values : {&line.y, &line.low, &line.high}) {
      ys.insert(ys.end(), values->begin(), values->end());
    }
  }
  return {.x_axis = PlotAxis(xs, options.log_x),
          .y_axis = PlotAxis(ys, options.log_y),
          .left = kLeft,
          .top = (options.title.empty() ? 12 : kTitle) + legend_height,
          .right = static_cast<double>(options.width) - kRight,
          .bottom = static_cast<double>(options.height) - kBottom};
}

void draw_axes(PlotCanvas& canvas, const Frame& frame, const PlotOptions& options) {
  for (const auto& tick : frame.y_axis.ticks(5)) {
    const double y = frame.y(tick.value);
    canvas.rule({frame.left, y}, {frame.right, y}, kFaint);
    canvas.text({frame.left - 8, y + 4}, tick.label, {.anchor = TextAnchor::kEnd});
  }
  for (const auto& tick : frame.x_axis.ticks(7)) {
    const double x = frame.x(tick.value);
    canvas.rule({x, frame.bottom}, {x, frame.bottom + 4}, kClear);
    canvas.text({x, frame.bottom + 18}, tick.label, kCentred);
  }
  canvas.rule({frame.left, frame.bottom}, {frame.right, frame.bottom}, kClear);
  canvas.text({frame.middle().x, frame.bottom + 38}, options.x_label, kCentred);
  canvas.text({14, frame.middle().y}, options.y_label, {.anchor = TextAnchor::kMiddle, .upwards = true});
}

void draw_legend(PlotCanvas& canvas, const std::vector<PlotSeries>& series, const Legend& legend, double top) {
  for (size_t i = 0; i < series.size(); ++i) {
    if (!series[i].label.empty()) {
      const PlotPoint place{legend.places[i].x, top + legend.places[i].y};
      canvas.bar({place.x, place.y - 6}, 18, 4, color(i));
      canvas.text({place.x + kSample, place.y}, series[i].label, {});
    }
  }
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
  const Legend legend = arrange_legend(canvas, series, static_cast<double>(options.width) - kRight);
  const Frame frame = make_frame(series, options, legend.height);
  canvas.text({frame.left, 20}, options.title, {.heading = true});
  draw_legend(canvas, series, legend, frame.top - legend.height + kLegend - 12);
  if (!frame.x_axis.has_data() || !frame.y_axis.has_data()) {
    canvas.text(frame.middle(), "no data", kCentred);
    return;
  }
  draw_axes(canvas, frame, options);
  for (size_t i = 0; i < series.size(); ++i) {
    draw_band(canvas, series[i], frame, color(i));
  }
  for (size_t i = 0; i < series.size(); ++i) {
    draw_line(canvas, series[i], frame, color(i));
  }
}

}  // namespace veil::io
