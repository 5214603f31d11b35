#include "cli/command/schedules/explained_plot.h"

#include <sstream>

#include "io/report/markup.h"
#include "io/report/page.h"
#include "veil/base/error.h"

namespace veil::cli {

void add_point(io::PlotSeries& series, double x, const SpreadFigure& y) {
  series.x.push_back(x);
  series.y.push_back(y.value);
  series.low.push_back(y.value - y.half_width);
  series.high.push_back(y.value + y.half_width);
}

void write_plots(const std::filesystem::path& folder, const std::vector<ExplainedPlot>& plots) {
  for (const ExplainedPlot& plot : plots) {
    io::write_plot(folder / (plot.name + ".png"), plot.series, plot.options);
    io::write_plot(folder / (plot.name + ".svg"), plot.series, plot.options);
  }
}

std::string conclusion_html(const Conclusion& conclusion) {
  return io::paragraph(
      concat(io::escape_markup(conclusion.may), " <em>", io::escape_markup(conclusion.may_not), "</em>"));
}

std::string plot_html(const ExplainedPlot& plot) {
  return io::page_plot(plot.series, plot.options) + conclusion_html(plot.conclusion);
}

std::string conclusion_text(const Conclusion& conclusion) {
  constexpr size_t kWidth = 100;
  std::istringstream words(concat(conclusion.may, " ", conclusion.may_not));
  std::string text;
  std::string line(1, ' ');
  for (std::string word; words >> word;) {
    if (line.size() + 1 + word.size() > kWidth) {
      text += concat(line, "\n");
      line.assign(1, ' ');
    }
    line += concat(" ", word);
  }
  return concat(text, line, "\n");
}

}  // namespace veil::cli
