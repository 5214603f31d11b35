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

/// The report of the examples of both, which are of one data set and one evaluation and share none: as if they had been
/// scored together, but for rounding. Both have example_replicate_bits.
[[nodiscard]] EvaluationReport joined_reports(const EvaluationReport& one, const EvaluationReport& other,
                                              const Dataset& dataset, const DenoiserOptions& network);

/// The bits of replicates, [N * replicates], as the statistics in nats that report_of() takes.
[[nodiscard]] PassStatistics statistics_of(std::span<const double> replicate_bits, int64_t replicates, int64_t length);

/// Adds to a report what masks alone are to blame for, from statistics in nats: mask_standard_error,
/// example_replicate_bits, example_mask_variances.
void add_mask_noise(EvaluationReport& report, const PassStatistics& statistics);

}  // namespace veil
