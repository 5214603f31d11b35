#pragma once

#include <cstdint>

#include "veil/base/option.h"

namespace veil {

/// The course of a training run: how long, of what size, and what happens how often on the way.
struct TrainOptions {
  int64_t steps = 10000;         ///< updates; 0 writes the initial model
  int64_t batch_size = 64;       ///< global: examples per update
  int64_t micro_batch_size = 0;  ///< examples per network call, a divisor of batch_size; 0: batch_size
  uint64_t seed = 0;
  bool horizontal_flips = false;     ///< mirror each image with probability 1/2
  int64_t log_every = 100;           ///< steps
  int64_t checkpoint_every = 1000;   ///< steps; 0: only at the end or when stopped
  int64_t keep_checkpoints = 2;      ///< newest kept
  int64_t evaluate_every = 0;        ///< steps; 0: only at the end
  int64_t evaluate_examples = 1000;  ///< examples of a periodic evaluation: a part (split_part.h)
  int64_t sample_every = 0;          ///< steps between sample grids; 0: only at the end
  int64_t quality_every = 0;         ///< steps between comparisons of samples with real images; 0: never
  int64_t max_skipped = 20;          ///< updates skipped in a row for non-finite losses before the run stops
  int64_t prefetch = 4;              ///< batches prepared ahead
};

/// What each number of TrainOptions may be.
struct TrainRanges {
  static constexpr IntegerRange kSteps{.low = 0, .high = 1'000'000'000};
  static constexpr IntegerRange kBatchSize{.low = 1, .high = 1'000'000};
  static constexpr IntegerRange kMicroBatchSize{.low = 0, .high = 1'000'000};
  static constexpr IntegerRange kLogEvery{.low = 1, .high = 1'000'000'000};
  static constexpr IntegerRange kEvery{.low = 0, .high = 1'000'000'000};  ///< steps between what may never happen
  static constexpr IntegerRange kKeepCheckpoints{.low = 1, .high = 1'000'000};
  static constexpr IntegerRange kEvaluateExamples{.low = 1, .high = 1'000'000'000};
  static constexpr IntegerRange kMaxSkipped{.low = 1, .high = 1'000'000};
  static constexpr Range kLabelDropout{.low = 0.0, .high = 1.0, .open_high = true};  ///< StepSettings::label_dropout
  static constexpr IntegerRange kPrefetch{.low = 0, .high = 1024};
};

/// Throws InvalidOption if a field is out of range, or batch_size is no multiple of micro_batch_size.
void check_options(const TrainOptions& options);

}  // namespace veil
