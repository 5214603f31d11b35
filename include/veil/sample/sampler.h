#pragma once

#include <torch/types.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "veil/base/device.h"
#include "veil/base/option.h"
#include "veil/diffusion/mask_schedule.h"
#include "veil/diffusion/time_grid.h"
#include "veil/nn/denoiser.h"

namespace veil {

struct SampleOptions {
  int64_t count = 16;   ///< images or texts, numbered first .. first + count - 1; >= 1
  int64_t first = 0;    ///< number of the first sample: sample k is the same whatever first and count are
  int64_t steps = 256;  ///< T >= 1 denoising steps; never more network calls than that for one group of rows
  TimeGridKind grid = TimeGridKind::kUniform;
  std::vector<int64_t> counts = {};  ///< if not empty, in place of steps, grid and schedule: how many positions are
                                     ///< masked before each step and after the last, from L to 0 (count_grid.h)
  MaskScheduleOptions schedule = {};
  double temperature = 1.0;  ///< > 0; 1 samples the model's own distribution
  uint64_t seed = 0;
  int64_t label = -1;  ///< class of every sample; -1: all classes in turn (number mod classes) if the network has
                       ///< classes; the number of classes: "no class", of a network with null_class
  int64_t rows_per_call = 8;  ///< rows of every network call: fixed, so that sample k does not depend on count
};

/// What each number of SampleOptions may be; which labels there are depends on the network.
struct SampleRanges {
  static constexpr IntegerRange kCount{.low = 1, .high = 1'000'000'000};
  static constexpr IntegerRange kFirst{.low = 0, .high = int64_t{1} << 43};
  static constexpr IntegerRange kSteps{.low = 1, .high = 1'000'000};
  static constexpr Range kTemperature{.low = 0.0, .high = 100.0, .open_low = true};
  static constexpr IntegerRange kRowsPerCall{.low = 1, .high = 1'000'000};
};

/// Throws InvalidOption if a field is out of range, the schedule's among them.
void check_options(const SampleOptions& options);

/// Called after each step with (steps done, steps in all), summed over the groups of rows. A step that reveals nothing
/// is counted too, though it calls no network.
using SampleProgress = std::function<void(int64_t, int64_t)>;

/// Ancestral sampling in two exact stages (algorithm 2 of arXiv 2406.04329, split as in arXiv 2409.02908): the step
/// from t to s reveals every masked position independently with probability (alpha_s - alpha_t) / (1 - alpha_t), and
/// each revealed position takes a value from its V-way conditional (draw_categorical).
///
/// Position i of sample k has one uniform number U, keyed (seed, kSamplePosition, k, i): it is masked at time t while
/// U * (1 - alpha(1)) < 1 - alpha(t). This has exactly the law above, and runs of one seed with other steps, grids or
/// schedules reveal the positions of sample k in the same order. Its value uses the number keyed (seed, kSampleValue,
/// k, i). The last step reveals all that is left, from the conditionals, also where alpha(0) < 1 (a clipped or
/// geometric schedule).
///
/// With `counts` step j reveals exactly counts[j] - counts[j + 1] positions of every sample, of those that are masked
/// the ones of largest U: the same order again, so that samples of one seed differ only where the network had seen
/// less. The network is told k/n, or the time at which the schedule has so much masked.
///
/// Where the network has learned powers (GenMD4), the schedule is theirs: the step from t to s reveals a masked
/// position as value v with probability p_v (1 - (s/t)^{w_v}) (draw_jump; appendix I of arXiv 2406.04329), from uniform
/// numbers keyed (seed, kSamplePosition, step, k, i) and (seed, kSampleValue, k, i).
///
/// Rows are computed in groups of rows_per_call consecutive numbers, always whole, so that sample k is the same number
/// for number whatever `first` and `count` are; what is not asked for is thrown away. The network is told k/n before
/// the step, or t, as condition() says. A step in which no row of the group reveals anything calls no network.
///
/// Returns int64 [count, L] on the CPU, values in [0, vocab_size): never the mask, never a value of probability 0. Each
/// step that calls the network waits for its logits. The network is in evaluation mode and afterwards as it was.
/// Throws InvalidArgument on options out of range, counts that do not fall from L to 0 and counts for a network with
/// learned powers, NumericalError (with the step) if logits are NaN or +infinity, or
/// all of a position -infinity.
[[nodiscard]] torch::Tensor sample(Denoiser& denoiser, const SampleOptions& options, const Compute& compute = {},
                                   const SampleProgress& progress = {});

/// The class that each of these samples is of: int64 [count] on the CPU, options.label or (first + k) mod classes for
/// the k-th; undefined where the network has no classes. `classes` is "no class", where the network knows that.
[[nodiscard]] torch::Tensor sample_labels(const DenoiserOptions& network, const SampleOptions& options);

}  // namespace veil
