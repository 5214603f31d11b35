#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "io/run/run_records.h"

namespace veil::io {

/// The curves of a run over its steps, one plot below the other; empty if there are none.
[[nodiscard]] std::string plot_curves(const RunRecords& records);

/// The powers that GenMD4 learned, by value, and their range over the steps; empty if there are none.
[[nodiscard]] std::string plot_powers(const RunRecords& records);

/// The profile that evaluation.json holds: nats per masked position by the number of masked positions, with a 95 %
/// band. Empty if there is none, or not in the form that docs/file-formats.md gives.
[[nodiscard]] std::string plot_profile(const nlohmann::json& evaluation);

}  // namespace veil::io
