#pragma once

#include <cstdint>

namespace veil {

struct TrainOptions {
  int64_t steps = 10000;            ///< updates; 0 writes the initial model
  int64_t batch_size = 64;          ///< global: examples per update
  int64_t micro_batch_size = 0;     ///< examples per network call, a divisor of batch_size; 0: batch_size
  uint64_t seed = 0;
  bool horizontal_flips = false;
  int64_t log_every = 100;          ///< steps
  int64_t checkpoint_every = 1000;  ///< steps; 0: only at the end or when stopped
  int64_t keep_checkpoints = 2;     ///< newest kept
  int64_t evaluate_every = 0;       ///< steps; 0: only at the end
  int64_t evaluate_examples = 1000; ///< examples of a periodic evaluation; the final one takes all
  int64_t sample_every = 0;         ///< steps between sample grids; 0: only at the end
  int64_t max_skipped = 20;         ///< updates skipped in a row for non-finite losses before the run stops
  int64_t prefetch = 4;             ///< batches prepared ahead
};

}  // namespace veil
