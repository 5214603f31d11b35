#pragma once

#include <limits>
#include <string>
#include <vector>

#include "io/report/plot.h"

namespace veil::io {

/// One bar, from 0 to the right.
struct PlotBar {
  std::string label = {};                                 ///< above it
  double value = 0.0;                                     ///< 0 or more; one that is not finite has no bar
  double low = std::numeric_limits<double>::quiet_NaN();  ///< an interval; NaN: none
  double high = std::numeric_limits<double>::quiet_NaN();
  std::string text = {};   ///< behind it: the value in words
  bool is_marked = false;  ///< in the first curve's colour, others are grey
};

/// Bars below each other as an <svg> element, in the manner of svg_plot; its height follows from their number.
/// options.width: units, 200 .. 4000; the rest but the title is not looked at. Throws InvalidArgument for another width
/// and for a value below 0.
[[nodiscard]] std::string svg_bars(const std::vector<PlotBar>& bars, const PlotOptions& options);

}  // namespace veil::io
