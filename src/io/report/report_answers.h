#pragma once

#include <string>

#include "io/run/run_records.h"

namespace veil::io {

/// What a run was, in a sentence, as HTML.
[[nodiscard]] std::string lead(const RunRecords& records);

/// The questions of somebody who sees a run for the first time, with an answer each, as HTML: which data, how good and
/// how sure, better than other formats or not, still improving or not, whether it looks right, how to repeat it.
[[nodiscard]] std::string answers(const RunRecords& records, const std::string& name);

/// What was typed, by whom it was computed and on what, as HTML; empty where nothing is known.
[[nodiscard]] std::string origin_section(const RunRecords& records);

}  // namespace veil::io
