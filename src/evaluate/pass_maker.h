#pragma once

#include <cstdint>
#include <span>

#include "evaluate/pass_queue.h"
#include "objective/bound.h"
#include "veil/base/device.h"
#include "veil/data/dataset.h"
#include "veil/evaluate/evaluator.h"
#include "veil/nn/denoiser.h"

namespace veil {

/// The bound that evaluate() measures. Of values with schedules of their own the ends are exact here, whatever clip a
/// model was trained with.
[[nodiscard]] Bound bound_of(const Denoiser& denoiser, const EvaluationOptions& options);

/// Runs all passes of evaluate() over the examples at `indices` and gives what came of each to `sink`, one after the
/// other: row.index is place in `indices` * passes + pass; a pass is worth row.scale * S/k + row.constant nats. Noise
/// is keyed by index in the data set, pass and options.seed. The network must be in evaluation mode.
void run_passes(Denoiser& denoiser, const Dataset& dataset, std::span<const int64_t> indices,
                const EvaluationOptions& options, const Compute& compute, const Bound& bound,
                const PassQueue::Sink& sink, const EvaluationProgress& progress);

}  // namespace veil
