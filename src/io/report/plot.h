#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "veil/io/image/pixels.h"

namespace veil::io {

/// One line of a plot. Points that are not finite (or not positive, on a logarithmic axis) interrupt it.
struct PlotSeries {
  std::string label = {};  ///< in the legend; empty: not there
  std::vector<double> x = {};
  std::vector<double> y = {};    ///< as many as x
  std::vector<double> low = {};  ///< a band from low to high around the line: empty, or as many as x
  std::vector<double> high = {};
  bool markers = false;  ///< a dot at every point
};

struct PlotOptions {
  std::string title = {};
  bool heading = true;  ///< the title is drawn above the curves; else it only names the picture
  std::string x_label = {};
  std::string y_label = {};
  bool log_x = false;
  bool log_y = false;
  int64_t width = 720;  ///< units, 200 .. 4000: pixels of an SVG picture, half as many as those of a PNG
  int64_t height = 320;
};

/// A line plot as an <svg> element, for a file of its own or inside HTML: axes are fitted to the finite points, labels
/// that have no room go on in a next line or are left out, text and grid take the colour of the surrounding text, texts
/// are escaped, and the same input gives the same bytes. Throws InvalidArgument if lengths differ or the size is out of
/// range.
[[nodiscard]] std::string svg_plot(const std::vector<PlotSeries>& series, const PlotOptions& options);

/// The same plot in colour on white, two pixels to a unit. Of its texts only ASCII is drawn; what is not becomes "?".
[[nodiscard]] Pixels raster_plot(const std::vector<PlotSeries>& series, const PlotOptions& options);

/// Writes the plot whole or not at all, as PNG or SVG by the ending of the file's name, in letters of either case.
/// Throws InvalidArgument as the two above and for another ending, IoError if it cannot be written.
void write_plot(const std::filesystem::path& file, const std::vector<PlotSeries>& series, const PlotOptions& options);

}  // namespace veil::io
