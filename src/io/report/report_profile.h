#pragma once

#include <string>

#include "veil/evaluate/evaluation_report.h"

namespace veil::io {

/// The information profile of an evaluation: nats per masked position by the number of masked positions, with a 95 %
/// band, and a table of bits by masked fraction. Empty if there is none.
[[nodiscard]] std::string profile_section(const EvaluationReport& report);

}  // namespace veil::io
