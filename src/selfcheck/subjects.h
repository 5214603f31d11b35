#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "veil/base/random.h"
#include "veil/data/dataset.h"
#include "veil/diffusion/forward_process.h"
#include "veil/evaluate/evaluator.h"
#include "veil/nn/denoiser.h"
#include "veil/objective/objective.h"
#include "veil/sample/sampler.h"
#include "veil/train/trainer.h"

namespace veil {

/// What the gates test, as functions, so that a faulty one can be put in the place of veil's own and be seen to fail.

/// The value in nats [B] of one pass over masks that are given; its mean over k uniform on 1..n and all masks of k
/// positions is claimed to be the bound.
using MaskedLoss = std::function<torch::Tensor(Denoiser&, const TokenBatch&, const MaskedTokens&)>;

/// An estimate in nats [B] of something that is claimed to be no less than the entropy on average.
using BatchLoss = std::function<torch::Tensor(Denoiser&, const TokenBatch&, const NoiseContext&)>;

using Evaluation = std::function<EvaluationReport(Denoiser&, const Dataset&, const EvaluationOptions&)>;

using Sampling = std::function<torch::Tensor(Denoiser&, const SampleOptions&)>;

/// Draws the value of a position that is revealed in a step which reveals each position with `reveal_probability`. Draw
/// number `index` of the stream `key`.
using ValueDraw = std::function<int64_t(std::span<const float> logits, double reveal_probability, const NoiseKey& key,
                                        uint32_t index)>;

/// Which weights of a run are measured.
using WeightsChoice = std::function<Denoiser&(TrainState&)>;

struct NamedBound {
  std::string name;
  BatchLoss loss;
};

struct Subjects {
  MaskedLoss masked_loss;
  std::vector<NamedBound> bounds;
  Evaluation evaluation;
  Sampling sampling;
  ValueDraw draw;
  WeightsChoice weights;
};

/// Veil's own: every loss that it calls a bound, evaluate(), sample(), draw_categorical, the moving average. On the
/// CPU.
[[nodiscard]] Subjects own_subjects();

}  // namespace veil
