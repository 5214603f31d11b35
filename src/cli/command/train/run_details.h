#pragma once

#include "cli/command/train/run_results.h"
#include "cli/terminal/watch.h"
#include "io/run/details_file.h"
#include "veil/evaluate/evaluation_report.h"

namespace veil::cli {

/// What `report`, the final evaluation of this model, shows of single examples: those of most and of fewest bits with
/// maps of where these are, the mean map of up to 64 examples, and what lossless compressors need for up to 500 of the
/// very images that were scored. All of them are spread over what was scored. Costs passes over up to 80 examples and
/// some seconds of compression. progress: as watch.h says; what it throws comes through.
[[nodiscard]] io::EvaluationDetails measure_details(const FinishedModel& model, const EvaluationReport& report,
                                                    const ProgressCallback& progress);

}  // namespace veil::cli
