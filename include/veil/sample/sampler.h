#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "veil/base/device.h"
#include "veil/diffusion/mask_schedule.h"
#include "veil/nn/denoiser.h"

namespace veil {

enum class TimeGridKind {
  kUniform,  ///< t_i = i/T
  kCosine,   ///< t_i = cos(pi/2 * (1 - i/T)): small steps where few tokens are left
};

struct SampleOptions {
  int64_t count = 16;       ///< images or texts, numbered first .. first + count - 1
  int64_t first = 0;        ///< number of the first sample: sample k is the same whatever first and count are
  int64_t steps = 256;      ///< T >= 1 denoising steps; never more network calls than that
  TimeGridKind grid = TimeGridKind::kUniform;
  MaskScheduleOptions schedule;
  double temperature = 1.0; ///< > 0; 1 samples the model's own distribution
  uint64_t seed = 0;
  int64_t label = -1;       ///< class of every sample; -1: none, or all classes in turn if the network has classes
  int64_t rows_per_call = 8; ///< rows of every network call (padded): fixed, so that sample k does not depend on count
};

/// Decreasing times t_0 = 1 > ... > t_steps = 0, both ends exact. Throws InvalidArgument if steps < 1.
[[nodiscard]] std::vector<double> time_grid(TimeGridKind kind, int64_t steps);

/// Called with (network calls done, network calls at most).
using SampleProgress = std::function<void(int64_t, int64_t)>;

/// Ancestral sampling in two exact stages (methods of arXiv 2409.02908 and algorithm 2 of arXiv 2406.04329): at each step
/// every masked position is revealed with probability unmask_probability(s, t), independently; then each revealed position
/// is drawn from its V-way conditional with a 53-bit uniform and a float64 prefix sum. A step that reveals nothing calls no
/// network. Returns int64 [count, L] on the CPU, values in [0, vocab_size): never the mask, never a value of probability 0.
/// The network is put in evaluation mode and restored. Throws InvalidArgument on options out of range.
[[nodiscard]] torch::Tensor sample(Denoiser& denoiser, const SampleOptions& options, torch::Device device,
                                   Precision precision, const SampleProgress& progress = {});

/// Draws one value from unnormalised log-probabilities (float32 or float64, `size` of them, at least one finite, none NaN
/// or +inf) with the uniform number u in (0, 1): the number of v with cumulative(v) <= u * total. Values of
/// probability zero cannot be drawn. Adds in float64.
[[nodiscard]] int64_t draw_categorical(const float* logits, int64_t size, double temperature, double u);

}  // namespace veil
