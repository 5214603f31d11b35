#pragma once

#include <string>

#include "io/run/run_records.h"

namespace veil::io {

/// "4.0 minutes", "2.3 hours".
[[nodiscard]] std::string duration_text(double seconds);

/// Seconds of training in all.
[[nodiscard]] double training_seconds(const RunRecords& records);

/// Speed, time and memory, with the curve of the speed, as HTML; empty where nothing is known.
[[nodiscard]] std::string machine_section(const RunRecords& records);

/// What the run warned of, each text once, and what its log says that a reader should know.
[[nodiscard]] std::string warnings_section(const RunRecords& records);

}  // namespace veil::io
