#pragma once

#include <string>
#include <utility>
#include <vector>

#include "io/run/run_records.h"

namespace veil::io {

/// The curves of a run over its steps, one plot below the other; empty if there are none.
[[nodiscard]] std::string plot_curves(const RunRecords& records);

/// Evaluations during training of several runs over one another, or where fewer than two of them have any, the
/// estimates on their training batches; empty if there are none. Each with its label.
[[nodiscard]] std::string plot_curves_together(const std::vector<std::pair<std::string, const RunRecords*>>& runs);

/// Examples per second over the steps; empty if it is not known.
[[nodiscard]] std::string plot_speed(const RunRecords& records);

/// The powers that GenMD4 learned, by value, and their range over the steps; empty if there are none.
[[nodiscard]] std::string plot_powers(const RunRecords& records);

}  // namespace veil::io
