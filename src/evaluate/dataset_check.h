#pragma once

#include <functional>

#include "veil/data/dataset.h"
#include "veil/evaluate/evaluator.h"
#include "veil/nn/denoiser.h"

namespace veil {

/// Throws InvalidArgument if the data set is empty or its shape, vocabulary or labels are not the network's.
void check_dataset(const DenoiserOptions& network, const Dataset& dataset);

/// How many examples are scored.
[[nodiscard]] int64_t scored_examples(const Dataset& dataset, const EvaluationOptions& options);

/// Calls use(batch, first) for the scored examples in order, options.batch_size at a time; `first` is the number of the
/// batch's first example.
void for_each_scored_batch(const Dataset& dataset, const EvaluationOptions& options,
                           const std::function<void(const TokenBatch&, int64_t)>& use);

}  // namespace veil
