#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/command/schedules/comparison_figures.h"
#include "cli/command/schedules/explained_plot.h"

namespace veil::cli {

/// {"value": …, "half_width": …}; null for what is not known.
[[nodiscard]] nlohmann::ordered_json figure_json(const SpreadFigure& figure);

/// The figures as tables for people, with what may and may not be concluded.
[[nodiscard]] std::string comparison_text(const ComparisonFigures& figures);

/// noise, continuous_bound, step_bounds and count_grids of comparison.json (docs/file-formats.md).
[[nodiscard]] nlohmann::ordered_json comparison_json(const ComparisonFigures& figures);

/// Writes noise.csv, step-bounds.csv and count-grids.csv into `folder`. Throws IoError.
void write_comparison_tables(const std::filesystem::path& folder, const ComparisonFigures& figures);

/// alpha(t) of each.
[[nodiscard]] std::vector<io::PlotSeries> alpha_curves(const std::vector<io::NamedSchedule>& schedules);

/// Called step-bounds, count-grids, network-calls, alpha.
[[nodiscard]] std::vector<ExplainedPlot> comparison_plots(const ComparisonFigures& figures,
                                                          const ComparisonSettings& settings);

/// report.html: `object` is what stands in comparison.json, `folder` holds the pictures that it names.
[[nodiscard]] std::string comparison_page(const nlohmann::ordered_json& object, const ComparisonFigures& figures,
                                          const std::vector<ExplainedPlot>& plots, const std::filesystem::path& folder);

}  // namespace veil::cli
