#include "io/report/plot.h"

#include "io/file/ending.h"
#include "io/file/file_mark.h"
#include "io/file/files.h"
#include "io/image/encoders.h"
#include "io/image/picture_mark.h"
#include "io/report/plot_drawing.h"
#include "io/report/raster_canvas.h"
#include "io/report/svg_canvas.h"
#include "veil/base/error.h"

namespace veil::io {
std::string svg_plot(const std::vector<PlotSeries>& series, const PlotOptions& options) {
  check_plot(series, options);
  SvgCanvas canvas(options.width, options.height, options.title);
  draw_plot(canvas, series, options);
  return canvas.svg();
}

Pixels raster_plot(const std::vector<PlotSeries>& series, const PlotOptions& options) {
  check_plot(series, options);
  RasterCanvas canvas(options.width, options.height);
  draw_plot(canvas, series, options);
  return canvas.pixels();
}

void write_plot(const std::filesystem::path& file, const std::vector<PlotSeries>& series, const PlotOptions& options) {
  const std::string ending = ending_of(file);
  require(ending == ".png" || ending == ".svg", file.string(),
          ": want a name that ends in .png or .svg, for a picture");
  if (ending == ".png") {
    write_file(file, with_png_text(encode_smallest_png(raster_plot(series, options)), picture_mark(kPlotMark)));
  } else {
    write_file(file, svg_mark(kPlotMark) + svg_plot(series, options));
  }
}

}  // namespace veil::io
