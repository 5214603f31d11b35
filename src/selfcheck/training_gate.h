#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "veil/selfcheck/gate.h"
#include "selfcheck/subjects.h"
#include "veil/nn/denoiser.h"
#include "veil/toys/toy.h"
#include "veil/train/optimizer.h"

namespace veil {

/// How a network is trained on a toy.
struct TrainingPlan {
  DenoiserOptions network;  ///< of the toy's shape and vocabulary
  OptimizerOptions optimizer;
  int64_t steps = 0;
  int64_t batch_size = 64;
  int64_t train_examples = 100'000;
  int64_t test_examples = 1000;
  double allowed_excess = 0.02;  ///< bits a token
};

/// The toy and the plan of `veil selfcheck --train`: a chain of 64 tokens and a network that learns it in minutes on
/// two cores.
[[nodiscard]] std::unique_ptr<Toy> training_toy();
[[nodiscard]] TrainingPlan training_plan(const Toy& toy);

/// Called with (steps done, steps in all).
using TrainingProgress = std::function<void(int64_t, int64_t)>;

/// G4: trains by the plan and measures with evaluate(), on fresh examples, the bound of the weights chosen less -log2 p
/// of those examples, in bits a token. It must lie between 0, which nothing can be below, and plan.allowed_excess:
/// passes if the excess is not below 0 by three standard errors and, with two of them added, not above the limit.
[[nodiscard]] std::vector<GateRow> training_gate(const Toy& toy, const TrainingPlan& plan, const WeightsChoice& weights,
                                                 const TrainingProgress& progress = {});

}  // namespace veil
