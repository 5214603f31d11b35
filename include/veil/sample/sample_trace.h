#pragma once

#include <functional>

#include "veil/sample/sampler.h"

namespace veil {

/// Called before the first step of each group of rows and after every step of it: the number of the group's first
/// sample (which may lie before SampleOptions::first), the steps that are done, and its tokens, int64 [rows_per_call,
/// L] on the CPU, in which vocab_size is the mask. The tokens change with the next step: who keeps them makes a copy.
using SampleTrace = std::function<void(int64_t, int64_t, const torch::Tensor&)>;

/// sample() that is watched: the same samples, to the last bit.
[[nodiscard]] torch::Tensor sample(Denoiser& denoiser, const SampleOptions& options, const Compute& compute,
                                   const SampleProgress& progress, const SampleTrace& trace);

}  // namespace veil
