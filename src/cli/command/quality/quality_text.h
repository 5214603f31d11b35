#pragma once

#include <string>
#include <vector>

#include "veil/data/dataset.h"
#include "veil/quality/quality.h"

namespace veil::cli {

/// What was compared with what.
struct QualitySets {
  const Dataset& samples;
  const Dataset& real;
  const Dataset& training;
};

/// One sentence for each figure that is an alarm, the most telling first.
[[nodiscard]] std::vector<std::string> alarm_sentences(const QualityReport& report);

/// For people: what was compared, a table of figures, samples that are equal or copied, alarms.
[[nodiscard]] std::string quality_text(const QualityReport& report, const QualitySets& sets);

}  // namespace veil::cli
