#pragma once

#include <torch/types.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "veil/base/device.h"
#include "veil/data/batch_stream.h"
#include "veil/nn/denoiser.h"
#include "veil/objective/objective.h"
#include "veil/train/optimizer.h"
#include "veil/train/train_options.h"

namespace veil {

/// Everything that a training run changes.
struct TrainState {
  std::shared_ptr<Denoiser> denoiser;  ///< raw weights, in training mode
  std::shared_ptr<Denoiser> average;   ///< the same network over the moving average, in evaluation mode
  Optimizer optimizer;
  int64_t step = 0;  ///< updates done, skipped ones included
};

/// What one update gives, on the device: read it only when it is to be shown.
struct StepReport {
  torch::Tensor bits_per_dim;  ///< float32 scalar: estimate on the batch, before the update
};

/// How updates are made; the same for every step of a run.
struct StepSettings {
  ObjectiveOptions objective;
  int64_t micro_batch_size = 0;  ///< examples per network call; 0: the whole batch
  uint64_t seed = 0;
  double label_dropout = 0.0;  ///< probability that a label becomes "no class"; above 0 needs a network with null_class
  Compute compute = {};
};

/// Takes over `denoiser`, one of veil's networks, which must be initialised and on its device, and makes its twin for
/// the moving average. Throws InvalidArgument if `denoiser` is of any other class: only its author can make a second
/// one, see below. Throws InvalidOption as Optimizer does.
[[nodiscard]] TrainState make_train_state(std::shared_ptr<Denoiser> denoiser, const OptimizerOptions& optimizer,
                                          int64_t total_steps);

/// The same for a network of any class: `twin` is another object built as `denoiser` was, on the same device, and is
/// taken over too. Its parameters become the moving average, so its own values do not matter; its buffers become views
/// of those of `denoiser`. Throws InvalidArgument if it is the same object, or its class or the names or shapes of its
/// parameters or buffers are others.
[[nodiscard]] TrainState make_train_state(std::shared_ptr<Denoiser> denoiser, std::shared_ptr<Denoiser> twin,
                                          const OptimizerOptions& optimizer, int64_t total_steps);

/// One update: the gradient of the mean over the batch of the bound in bits per dimension, summed over micro-batches
/// (so it does not depend on how they are cut), then AdamW and the moving average. Labels are dropped by drop_labels
/// (train/label_dropout.h), keyed by (seed, kLabelDropout, step, example id). Dropout draws from LibTorch's generator,
/// seeded from (seed, step), in the order in which micro-batches are run: with it, and only with it, the gradient does
/// depend on how they are cut. Does not wait for the device. Throws InvalidArgument if labels are to be dropped and
/// there are none, or the network has no null_class.
StepReport train_step(TrainState& state, const TokenBatch& batch, const StepSettings& settings);

/// Watches a run. Called in the order of the list after each update, so that a checkpoint, last, sees what the others
/// did.
class TrainObserver {
 public:
  TrainObserver() = default;
  TrainObserver(const TrainObserver&) = delete;
  TrainObserver& operator=(const TrainObserver&) = delete;
  TrainObserver(TrainObserver&&) = delete;
  TrainObserver& operator=(TrainObserver&&) = delete;
  virtual ~TrainObserver() = default;

  /// `state.step` counts the update that `report` is of. Returns false to stop the run after this step (the rest of the
  /// observers still see it).
  virtual bool on_step(TrainState& state, const StepReport& report) = 0;
};

/// Makes updates until state.step = steps or an observer stops. Returns true if it reached the end.
bool train(TrainState& state, BatchStream& stream, int64_t steps, const StepSettings& settings,
           const std::vector<TrainObserver*>& observers);

}  // namespace veil
