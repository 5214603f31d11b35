#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "veil/data/dataset.h"
#include "veil/nn/denoiser.h"

namespace veil {

/// Throws InvalidArgument if the data set is empty or its shape, vocabulary or labels are not the network's.
void check_dataset(const DenoiserOptions& network, const Dataset& dataset);

/// Throws InvalidArgument unless there is an index, and each is above the one before. Whether a data set has them its
/// get() says.
void check_indices(std::span<const int64_t> indices);

/// Calls use(batch, first) for the examples at `indices` in order, batch_size at a time; `first` is the place of the
/// batch's first example in `indices`.
void for_each_batch_of(const Dataset& dataset, std::span<const int64_t> indices, int64_t batch_size,
                       const std::function<void(const TokenBatch&, int64_t)>& use);

}  // namespace veil
