#include "io/report/bar_plot.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "io/report/plot_legend.h"
#include "io/report/svg_canvas.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

constexpr double kRow = 38;
constexpr double kLabel = 14;  // base line below the top of a row
constexpr double kTop = 19;    // of a bar in its row
constexpr double kThick = 12;
constexpr double kLeft = 4;
constexpr double kGap = 8;
constexpr size_t kGrey = 5;  // among the colours of curves
constexpr PlotColor kWhisker{0xc4, 0x49, 0x5d};

double largest(const std::vector<PlotBar>& bars) {
  double most = 0;
  for (const auto& bar : bars) {
    require(!(bar.value < 0), "a bar has the value ", bar.value, ", want 0 or more");
    for (const double value : {bar.value, bar.high}) {
      most = std::isfinite(value) ? std::max(most, value) : most;
    }
  }
  return most > 0 ? most : 1;
}

double widest_text(const SvgCanvas& canvas, const std::vector<PlotBar>& bars) {
  double widest = 0;
  for (const auto& bar : bars) {
    widest = std::max(widest, canvas.text_width(bar.text));
  }
  return widest;
}

}  // namespace

std::string svg_bars(const std::vector<PlotBar>& bars, const PlotOptions& options) {
  require(options.width >= 200 && options.width <= 4000, "bars of a width of ", options.width, ", want 200 .. 4000");
  SvgCanvas canvas(options.width, static_cast<int64_t>(kRow) * std::max<int64_t>(std::ssize(bars), 1), options.title);
  const double scale =
      (static_cast<double>(options.width) - kLeft - 2 * kGap - widest_text(canvas, bars)) / largest(bars);
  for (size_t i = 0; i < bars.size(); ++i) {
    const auto& bar = bars[i];
    const double y = kRow * static_cast<double>(i);
    double end = kLeft;
    canvas.text({kLeft, y + kLabel}, bar.label, {});
    if (std::isfinite(bar.value)) {
      end += std::max(bar.value * scale, kThick);  // round ends need this much
      canvas.bar({kLeft, y + kTop}, end - kLeft, kThick, curve_color(bar.is_marked ? 0 : kGrey));
    }
    if (std::isfinite(bar.low) && std::isfinite(bar.high)) {
      const double middle = y + kTop + kThick / 2;
      const std::array ends{PlotPoint{kLeft + std::max(bar.low, 0.0) * scale, middle},
                            PlotPoint{kLeft + bar.high * scale, middle}};
      canvas.polyline(ends, kWhisker);
      end = std::max(end, ends[1].x);
    }
    canvas.text({end + kGap, y + kTop + 10}, bar.text, {});
  }
  return canvas.svg();
}

}  // namespace veil::io
