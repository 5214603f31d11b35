#pragma once

#include <string>

#include "io/run/run_records.h"

namespace veil::io {

/// "3.2706 ± 0.0575 bits per dimension, …" as HTML.
[[nodiscard]] std::string headline(const EvaluationReport& report);

/// The figure, all that belongs to it, and the figures of the classes. Empty without an evaluation.
[[nodiscard]] std::string result_section(const RunRecords& records);

}  // namespace veil::io
