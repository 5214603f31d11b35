#pragma once

#include <cstdint>
#include <functional>
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

/// The pass of number `pass` over row `row` of a batch, which is example number `example` of those that are looked at;
/// its index is left to the caller.
using MakePass = std::function<PassRow(const TokenBatch& batch, int64_t row, int64_t pass, int64_t example)>;

/// Makes `passes` passes over each of the examples at `indices`, one example after the other, and gives what came of
/// each to `sink`: row.index is place in `indices` * passes + pass. Calls `tell` with the number of passes that are
/// done after each network call. The network must be in evaluation mode.
void run_rows(Denoiser& denoiser, const Dataset& dataset, std::span<const int64_t> indices, int64_t passes,
              const EvaluationOptions& options, const Compute& compute, const MakePass& make,
              const PassQueue::Sink& sink, const std::function<void(int64_t)>& tell);

/// Runs all passes of evaluate() over the examples at `indices` and gives what came of each to `sink`, one after the
/// other, as run_rows() does; a pass is worth row.scale * S/k + row.constant nats. Noise is keyed by index in the data
/// set, pass and options.seed.
void run_passes(Denoiser& denoiser, const Dataset& dataset, std::span<const int64_t> indices,
                const EvaluationOptions& options, const Compute& compute, const Bound& bound,
                const PassQueue::Sink& sink, const EvaluationProgress& progress);

}  // namespace veil
