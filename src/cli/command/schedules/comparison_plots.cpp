#include <algorithm>
#include <utility>
#include <vector>

#include "cli/command/schedules/comparison_output.h"
#include "io/report/plot.h"
#include "veil/base/error.h"
#include "veil/diffusion/mask_schedule.h"

namespace veil::cli {
namespace {

namespace fs = std::filesystem;

void add_point(io::PlotSeries& series, double x, const SpreadFigure& y) {
  series.x.push_back(x);
  series.y.push_back(y.value);
  series.low.push_back(y.value - y.half_width);
  series.high.push_back(y.value + y.half_width);
}

// The series of that label, which is made if there is none.
io::PlotSeries& series_of(std::vector<io::PlotSeries>& all, const std::string& label) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& series) { return series.label == label; });
  return found != all.end() ? *found : all.emplace_back(io::PlotSeries{.label = label, .markers = true});
}

void write_both(const fs::path& folder, const std::string& name, const std::vector<io::PlotSeries>& series,
                const io::PlotOptions& options) {
  io::write_plot(folder / (name + ".png"), series, options);
  io::write_plot(folder / (name + ".svg"), series, options);
}

void plot_alpha(const fs::path& folder, const ComparisonFigures& figures) {
  constexpr int64_t kPoints = 200;
  std::vector<io::PlotSeries> curves;
  for (const auto& row : figures.bounds) {
    auto& curve = series_of(curves, row.schedule);
    if (!curve.x.empty()) {
      continue;
    }
    curve.markers = false;
    const MaskSchedule schedule(parse_schedule(row.schedule));
    for (int64_t i = 0; i <= kPoints; ++i) {
      curve.x.push_back(static_cast<double>(i) / kPoints);
      curve.y.push_back(schedule.alpha(curve.x.back()));
    }
  }
  write_both(folder, "alpha", curves,
             {.title = "Probability that a token is visible", .x_label = "time t", .y_label = "alpha"});
}

void plot_bounds(const fs::path& folder, const ComparisonFigures& figures) {
  std::vector<io::PlotSeries> gaps;
  std::vector<io::PlotSeries> calls;
  for (const auto& row : figures.bounds) {
    if (row.grid == "uniform" || row.schedule == "linear") {
      const std::string label = row.grid == "uniform" ? row.schedule : row.schedule + ", cosine grid";
      add_point(series_of(gaps, label), static_cast<double>(row.steps), row.gap);
      add_point(series_of(calls, label), static_cast<double>(row.steps), {.value = row.calls, .half_width = 0});
    }
  }
  write_both(folder, "step-bounds", gaps,
             {.title = "Bound in T steps over the continuous bound",
              .x_label = "steps T",
              .y_label = "bits per dimension",
              .log_x = true,
              .log_y = true});
  write_both(folder, "network-calls", calls,
             {.title = "Expected network calls of a sample, with caching",
              .x_label = "steps T",
              .y_label = "calls",
              .log_x = true,
              .log_y = true});
}

void plot_grids(const fs::path& folder, const ComparisonFigures& figures) {
  std::vector<io::PlotSeries> series;
  for (const auto& row : figures.grids) {
    if (row.grid != "cosine" || row.schedule == "linear") {
      const std::string label = row.schedule == "best"  ? "best, fitted"
                                : row.grid == "uniform" ? row.schedule
                                                        : row.schedule + ", cosine grid";
      const SpreadFigure over{.value = row.bound.value - figures.continuous.value, .half_width = 0};
      add_point(series_of(series, label), static_cast<double>(row.calls), over);
    }
  }
  write_both(folder, "count-grids", series,
             {.title = "Fixed counts: code length over the continuous bound",
              .x_label = "network calls",
              .y_label = "bits per dimension",
              .log_x = true,
              .log_y = true});
}

}  // namespace

void write_comparison_plots(const fs::path& folder, const ComparisonFigures& figures) {
  plot_alpha(folder, figures);
  plot_bounds(folder, figures);
  plot_grids(folder, figures);
}

}  // namespace veil::cli
