#pragma once

#include <string>

#include "io/run/run_records.h"

namespace veil::io {

/// Settings that are not the defaults, and all of them to be unfolded, as HTML. Empty without a configuration.
[[nodiscard]] std::string settings_section(RunRecords& records, const RunLayout& layout);

/// Commands that make the run again and look at its model, to be typed in the folder that holds the run's; empty
/// without a configuration. name: of the run's folder.
[[nodiscard]] std::string repeat_section(const RunRecords& records, const std::string& name);

}  // namespace veil::io
