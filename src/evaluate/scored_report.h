#pragma once

#include "evaluate/statistics.h"
#include "veil/data/dataset.h"
#include "veil/evaluate/evaluator.h"

namespace veil {

/// A report with all that follows from the statistics, in nats, and from the data: figure, standard error, interval,
/// examples, names. `length`: tokens of an example. What is special to an estimator is left to it.
[[nodiscard]] EvaluationReport report_of(const PassStatistics& statistics, const Dataset& dataset, int64_t length);

}  // namespace veil
