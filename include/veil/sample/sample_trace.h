#pragma once

#include <functional>

#include "veil/sample/sampler.h"

namespace veil {

/// A group of rows between two steps.
struct SampleMoment {
  int64_t first = 0;            ///< number of the group's first sample, which may lie before SampleOptions::first
  int64_t steps_done = 0;       ///< 0: all is masked
  const torch::Tensor& tokens;  ///< int64 [rows_per_call, L] on the CPU, in which vocab_size is the mask. They change
                                ///< with the next step: who keeps them makes a copy.
  /// Shannon entropy, in bits, of what the network predicts here for each masked position, at temperature 1 and told
  /// what it is told in the next step: float64 [rows_per_call, L] on the CPU; 0 where nothing is masked. One network
  /// call of its own, so that the samples stay as they are; none where nothing is masked at all. Throws NumericalError
  /// as sample() does. Valid during the call only.
  std::function<torch::Tensor()> entropies;
};

/// Called before the first step of each group of rows and after every step of it.
using SampleTrace = std::function<void(const SampleMoment&)>;

/// sample() that is watched: the same samples, to the last bit.
[[nodiscard]] torch::Tensor sample(Denoiser& denoiser, const SampleOptions& options, const Compute& compute,
                                   const SampleProgress& progress, const SampleTrace& trace);

}  // namespace veil
