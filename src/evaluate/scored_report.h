#pragma once

#include <cstdint>
#include <span>

#include "evaluate/statistics.h"
#include "veil/data/dataset.h"
#include "veil/evaluate/evaluator.h"
#include "veil/nn/denoiser.h"

namespace veil {

/// A report with all that follows from the statistics, in nats, of the examples at `indices`, and from the data:
/// figure, standard error, interval, examples, classes, names; and what follows from the network: length and classes.
/// What is special to an estimator is left to it.
[[nodiscard]] EvaluationReport report_of(const PassStatistics& statistics, const Dataset& dataset,
                                         std::span<const int64_t> indices, const DenoiserOptions& network);

}  // namespace veil
