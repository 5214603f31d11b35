#pragma once

#include <string>

#include "veil/evaluate/evaluation_report.h"

namespace veil::cli {

/// A report for people: a few lines, bits per dimension with six decimals; the last says what a model that is
/// told the class leaves out.
[[nodiscard]] std::string evaluation_text(const EvaluationReport& report);

/// A table of report.class_figures, a line each with the standard error over its examples, by label; empty if there are
/// none. Of more than 40 classes the 20 of fewest bits and the 20 of most, in the order of the bits, with a line that
/// says so.
[[nodiscard]] std::string class_table(const EvaluationReport& report);

}  // namespace veil::cli
