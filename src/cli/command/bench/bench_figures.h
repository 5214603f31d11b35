#pragma once

#include <nlohmann/json_fwd.hpp>

namespace veil::cli {

/// Prints what a benchmark measured: one JSON object, or a line for each of its members.
void print_figures(const nlohmann::ordered_json& figures, bool as_json);

}  // namespace veil::cli
