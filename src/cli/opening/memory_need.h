#pragma once

#include <cstdint>

#include "veil/base/device.h"
#include "veil/evaluate/evaluator.h"
#include "veil/nn/denoiser.h"
#include "veil/sample/sampler.h"
#include "veil/train/trainer.h"

namespace veil::cli {

/// Memory on a device that network calls of some rows take beyond what is there, at their peak, in bytes.
struct MemoryNeed {
  int64_t fixed = 0;
  int64_t per_row = 0;

  [[nodiscard]] int64_t of(int64_t rows) const { return fixed + rows * per_row; }
};

/// Each of these makes some of the calls that the work will make, of few made-up examples, counts what LibTorch
/// allocates in them, and goes on from there in a straight line; on a CPU a measured factor stands for what falls
/// between the pieces. What is found was 0.6 to 1.2 of what the kernel counted, mostly below 1; on a GPU it was not
/// measured. `most`: rows of the calls that are meant; with fewer than 2 nothing is tried and nothing found. Each waits
/// for the device.

/// Forward and backward pass of an update. Weights, moments and average stay as they are; gradients become zero.
[[nodiscard]] MemoryNeed memory_to_train(TrainState& state, const StepSettings& settings, int64_t most);

/// A call of evaluate(), or of exact_order_likelihood() where `groups`, the passes over an example, is not 0.
[[nodiscard]] MemoryNeed memory_to_evaluate(Denoiser& denoiser, int64_t groups, const Compute& compute, int64_t most);

/// The call of sample() in whose step the most positions are revealed.
[[nodiscard]] MemoryNeed memory_to_sample(Denoiser& denoiser, const SampleOptions& options, const Compute& compute,
                                          int64_t most);

}  // namespace veil::cli
