#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/command/schedules/explained_plot.h"
#include "cli/command/schedules/train_arms.h"

namespace veil::cli {

// What became of the arms of a training (one or more), as it is shown. The first arm is what others are compared with.

/// training.json (docs/file-formats.md).
[[nodiscard]] nlohmann::ordered_json training_json(const std::vector<ArmResult>& results, const std::string& base,
                                                   const std::string& command);

/// training.csv: a line for each evaluation.
[[nodiscard]] std::string training_table(const std::vector<ArmResult>& results);

/// For a terminal.
[[nodiscard]] std::string training_text(const std::vector<ArmResult>& results);

/// Called learning and differences, the latter where there are any.
[[nodiscard]] std::vector<ExplainedPlot> training_plots(const std::vector<ArmResult>& results);

/// report.html in `folder`, with links to the pages of the runs there.
[[nodiscard]] std::string training_page(const nlohmann::ordered_json& object, const std::vector<ArmResult>& results,
                                        const std::vector<ExplainedPlot>& plots, const std::filesystem::path& folder);

}  // namespace veil::cli
