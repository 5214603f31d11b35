#pragma once

#include <vector>

#include "io/report/plot.h"
#include "io/report/plot_canvas.h"

namespace veil::io {

/// Throws InvalidArgument if the lengths of a series differ or the plot's size is out of range.
void check_plot(const std::vector<PlotSeries>& series, const PlotOptions& options);

/// Draws title, legend, axes and curves of a plot that was checked, or "no data".
void draw_plot(PlotCanvas& canvas, const std::vector<PlotSeries>& series, const PlotOptions& options);

}  // namespace veil::io
