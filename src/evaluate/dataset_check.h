#pragma once

#include "veil/data/dataset.h"
#include "veil/evaluate/evaluator.h"
#include "veil/nn/denoiser.h"

namespace veil {

/// Throws InvalidArgument if limit, batch_size or rows_per_call are out of range, or if the data set is empty or its
/// shape, vocabulary or labels are not the network's.
void check_dataset(const DenoiserOptions& network, const Dataset& dataset, const EvaluationOptions& options);

/// How many examples are scored.
[[nodiscard]] int64_t scored_examples(const Dataset& dataset, const EvaluationOptions& options);

}  // namespace veil
