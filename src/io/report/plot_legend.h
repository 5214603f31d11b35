#pragma once

#include <string>
#include <vector>

#include "io/report/plot.h"
#include "io/report/plot_canvas.h"

namespace veil::io {

/// Where an entry of a legend begins, and its label in lines that have room.
struct LegendEntry {
  PlotPoint place;  ///< of the first line, from the legend's top left
  std::vector<std::string> lines;
};

/// The entries of series that have a label, in rows of as many as there is room for; others have no lines.
struct Legend {
  std::vector<LegendEntry> entries;
  double height = 0;
};

[[nodiscard]] Legend arrange_legend(const PlotCanvas& canvas, const std::vector<PlotSeries>& series, double left,
                                    double right);

void draw_legend(PlotCanvas& canvas, const Legend& legend, double top);

/// The colour of curve number `index`.
[[nodiscard]] PlotColor curve_color(size_t index);

}  // namespace veil::io
