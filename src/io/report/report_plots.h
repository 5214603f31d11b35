#pragma once

#include <string>
#include <vector>

#include "io/run/run_records.h"

namespace veil::io {

/// The curves of a run over its steps, one plot below the other; empty if there are none.
[[nodiscard]] std::string plot_curves(const RunRecords& records);

/// The powers that GenMD4 learned, by value, and their range over the steps; empty if there are none.
[[nodiscard]] std::string plot_powers(const RunRecords& records);

/// The profile of an evaluation: nats per masked position by the number of masked positions, with a 95 % band. Empty if
/// there is none.
[[nodiscard]] std::string plot_profile(const std::vector<ProfileBin>& profile);

}  // namespace veil::io
