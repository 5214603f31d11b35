#pragma once

#include <torch/types.h>

#include <cstdint>

#include "veil/base/random.h"

namespace veil {

/// `labels` with each one replaced by `null_class` with probability `probability`, in [0, 1): whether, is a function of
/// (key, example id) alone, so that it does not depend on how a batch is cut or on an earlier interruption. A network
/// trained so knows both p(x | class) and p(x) (classifier-free guidance, arXiv 2207.12598).
///   labels, example_ids: int64 [B] on the CPU. Returns int64 [B]; `labels` stay as they are. Throws InvalidArgument on
///   other shapes or a probability out of range.
[[nodiscard]] torch::Tensor drop_labels(const torch::Tensor& labels, const torch::Tensor& example_ids,
                                        double probability, int64_t null_class, const NoiseKey& key);

}  // namespace veil
