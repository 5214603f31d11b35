#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/command/schedules/conclusions.h"
#include "evaluate/schedule_noise.h"
#include "io/report/plot.h"

namespace veil::cli {

/// A plot of a comparison and what it means.
struct ExplainedPlot {
  std::string name;  ///< of its files, without ending
  std::vector<io::PlotSeries> series;
  io::PlotOptions options;
  Conclusion conclusion;
};

void add_point(io::PlotSeries& series, double x, const SpreadFigure& y);

/// Writes each plot as PNG and SVG into `folder`. Throws IoError.
void write_plots(const std::filesystem::path& folder, const std::vector<ExplainedPlot>& plots);

/// As parts of a page: the plot with what follows from it and what does not; and these two sentences alone.
[[nodiscard]] std::string plot_html(const ExplainedPlot& plot);
[[nodiscard]] std::string conclusion_html(const Conclusion& conclusion);

/// The two sentences for a terminal, a bit to the right, in lines of at most 100 characters.
[[nodiscard]] std::string conclusion_text(const Conclusion& conclusion);

}  // namespace veil::cli
