#pragma once

#include <string>

#include "veil/evaluate/evaluation_report.h"

namespace veil::cli {

/// A report for people: a few lines, bits per dimension with six decimals; the last says what a model that is
/// told the class leaves out.
[[nodiscard]] std::string evaluation_text(const EvaluationReport& report);

}  // namespace veil::cli
