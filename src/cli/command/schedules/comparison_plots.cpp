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

// The series of that label, which is made if there is none.
io::PlotSeries& series_of(std::vector<io::PlotSeries>& all, const std::string& label) {
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& series) { return series.label == label; });
  return found != all.end() ? *found : all.emplace_back(io::PlotSeries{.label = label, .markers = true});
}

ExplainedPlot alpha_plot(const std::vector<io::NamedSchedule>& schedules) {
  return {.name = "alpha",
          .series = alpha_curves(schedules),
          .options = {.title = "Probability that a token is visible", .x_label = "time t", .y_label = "alpha"},
          .conclusion = kOfAlpha};
}

// Over steps, on logarithmic axes, for those of the grids that tell something: a cosine grid beside the linear
// schedule.
template <typename Value>
ExplainedPlot steps_plot(const ComparisonFigures& figures, const Value& value) {
  ExplainedPlot plot{
      .name = {}, .series = {}, .options = {.x_label = "steps T", .log_x = true, .log_y = true}, .conclusion = {}};
  for (const auto& row : figures.bounds) {
    if (row.grid == "uniform" || row.schedule == "linear") {
      const std::string label = row.grid == "uniform" ? row.schedule : row.schedule + ", cosine grid";
      add_point(series_of(plot.series, label), static_cast<double>(row.steps), value(row));
    }
  }
  return plot;
}

ExplainedPlot bounds_plot(const ComparisonFigures& figures) {
  auto plot = steps_plot(figures, [](const StepBoundRow& row) { return row.gap; });
  plot.name = "step-bounds";
  plot.options.title = "Bound in T steps over the continuous bound";
  plot.options.y_label = "bits per dimension";
  plot.conclusion = kOfStepBounds;
  return plot;
}

ExplainedPlot calls_plot(const ComparisonFigures& figures) {
  auto plot =
      steps_plot(figures, [](const StepBoundRow& row) { return SpreadFigure{.value = row.calls, .half_width = 0}; });
  plot.name = "network-calls";
  plot.options.title = "Expected network calls of a sample, with caching";
  plot.options.y_label = "calls";
  plot.conclusion = kOfNetworkCalls;
  return plot;
}

ExplainedPlot grids_plot(const ComparisonFigures& figures) {
  ExplainedPlot plot{.name = "count-grids",
                     .series = {},
                     .options = {.title = "Fixed counts: code length over the continuous bound",
                                 .x_label = "network calls",
                                 .y_label = "bits per dimension",
                                 .log_x = true,
                                 .log_y = true},
                     .conclusion = kOfCountGrids};
  for (const auto& row : figures.grids) {
    if (row.grid != "cosine" || row.schedule == "linear") {
      const std::string label = row.schedule == "best"  ? "best, fitted"
                                : row.grid == "uniform" ? row.schedule
                                                        : row.schedule + ", cosine grid";
      const SpreadFigure over{.value = row.bound.value - figures.continuous.value, .half_width = 0};
      add_point(series_of(plot.series, label), static_cast<double>(row.calls), over);
    }
  }
  return plot;
}

}  // namespace

std::vector<io::PlotSeries> alpha_curves(const std::vector<io::NamedSchedule>& schedules) {
  constexpr int64_t kPoints = 200;
  std::vector<io::PlotSeries> curves;
  for (const auto& [name, options] : schedules) {
    const MaskSchedule schedule(options);
    io::PlotSeries curve{.label = name};
    for (int64_t i = 0; i <= kPoints; ++i) {
      curve.x.push_back(static_cast<double>(i) / kPoints);
      curve.y.push_back(schedule.alpha(curve.x.back()));
    }
    curves.push_back(std::move(curve));
  }
  return curves;
}

std::vector<ExplainedPlot> comparison_plots(const ComparisonFigures& figures, const ComparisonSettings& settings) {
  return {bounds_plot(figures), grids_plot(figures), calls_plot(figures), alpha_plot(settings.schedules)};
}

}  // namespace veil::cli
