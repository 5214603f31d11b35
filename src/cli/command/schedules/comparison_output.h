#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "cli/command/schedules/comparison_figures.h"

namespace veil::cli {

/// {"value": …, "half_width": …}; null for what is not known.
[[nodiscard]] nlohmann::ordered_json figure_json(const SpreadFigure& figure);

/// The figures as tables for people, with what may and may not be concluded.
[[nodiscard]] std::string comparison_text(const ComparisonFigures& figures);

/// noise, continuous_bound, step_bounds and count_grids of comparison.json (docs/file-formats.md).
[[nodiscard]] nlohmann::ordered_json comparison_json(const ComparisonFigures& figures);

/// Writes noise.csv, step-bounds.csv and count-grids.csv into `folder`. Throws IoError.
void write_comparison_tables(const std::filesystem::path& folder, const ComparisonFigures& figures);

/// Writes each plot as PNG and SVG into `folder`: alpha, step-bounds, count-grids, network-calls. Throws IoError.
void write_comparison_plots(const std::filesystem::path& folder, const ComparisonFigures& figures);

}  // namespace veil::cli
