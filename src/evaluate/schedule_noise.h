#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "veil/base/device.h"
#include "veil/data/dataset.h"
#include "veil/evaluate/evaluator.h"
#include "veil/nn/denoiser.h"

namespace veil {

/// One way of drawing noise levels that is compared.
struct NoiseArm {
  std::string name;
  ObjectiveOptions objective;
};

struct ScheduleNoiseOptions {
  int64_t batch_size = 32;     ///< B >= 1 examples whose mean is one loss
  int64_t batches = 8;         ///< >= 2 such batches, of different examples
  int64_t loss_draws = 16;     ///< R >= 2 draws of the loss of each batch
  int64_t gradient_draws = 4;  ///< of these, how many give a gradient too: 0, or 2 or more
  int64_t rows_per_call = 32;  ///< rows of a network call
  uint64_t seed = 0;
};

/// A figure with the half width of its 95 % interval: Student's t, from the spread over batches.
struct SpreadFigure {
  double value = 0.0;
  double half_width = 0.0;
};

/// What a schedule does to the noise of training, the examples being given. Gradients are of nats per token.
struct ScheduleNoise {
  std::string name;
  SpreadFigure bits_per_dim;      ///< mean over draws and batches: the bound, whatever the schedule
  SpreadFigure loss_variance;     ///< of a batch's mean loss, bits per dimension squared, times B
  SpreadFigure loss_ratio;        ///< that over the first arm's, batch by batch
  SpreadFigure gradient_norm;     ///< mean length of a batch's gradient
  SpreadFigure norm_variance;     ///< of that length from draw to draw, over its mean squared
  SpreadFigure gradient_noise;    ///< trace of the covariance of a batch's gradient from draw to draw, over the squared
                                  ///< length of its mean (without the part of that which is noise): noise over signal
  SpreadFigure gradient_ratio;    ///< trace of the covariance over the first arm's, batch by batch
  SpreadFigure direction_cosine;  ///< mean cosine between two draws' gradients: 1 if all point the same way
};

/// Measures what the choice of noise levels does to loss and gradient on a model as it is: for each batch R draws of
/// (levels, masks) as training draws them, at equal forward passes per example, with the same shifts and noise words in
/// all arms. Batch number b of n has examples b, b + n, b + 2n, … of the part that stands for the data set
/// (split_part.h).
///
/// Costs arms * batches * B * (loss_draws forward passes + 2 * gradient_draws backward ones). The network is in
/// evaluation mode (no dropout) and afterwards as it was. Throws InvalidArgument if options are out of range, the data
/// are not the network's or fewer than batches * B, or it has learned powers; NumericalError if a loss is not finite.
[[nodiscard]] std::vector<ScheduleNoise> schedule_noise(Denoiser& denoiser, const Dataset& dataset,
                                                        const std::vector<NoiseArm>& arms,
                                                        const ScheduleNoiseOptions& options,
                                                        const Compute& compute = {},
                                                        const EvaluationProgress& progress = {});

}  // namespace veil
