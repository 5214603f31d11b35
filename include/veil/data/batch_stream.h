#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "veil/data/dataset.h"

namespace veil {

struct BatchStreamOptions {
  int64_t batch_size = 1;         ///< examples per batch, > 0; may exceed the data set (it then spans epochs)
  uint64_t seed = 0;              ///< of order and flips
  bool horizontal_flips = false;  ///< mirror each image with probability 1/2: training only
  int64_t prefetch = 4;           ///< batches prepared ahead by a worker thread; 0: none
};

/// The endless sequence of training batches. Every epoch visits every example once in an order that is a pure function
/// of (seed, epoch); epochs follow each other without a gap, so batch `step` holds the visits [step*batch_size,
/// (step+1)*batch_size). Any step can be computed directly, which is what makes a resumed run go on where it stopped.
class BatchStream {
 public:
  /// Keeps a reference to `dataset`, which must outlive the stream. Throws InvalidArgument on options out of range, an
  /// empty data set, or flips of examples of height 1 (texts).
  BatchStream(const Dataset& dataset, const BatchStreamOptions& options);
  ~BatchStream();
  BatchStream(const BatchStream&) = delete;
  BatchStream& operator=(const BatchStream&) = delete;
  BatchStream(BatchStream&&) = delete;
  BatchStream& operator=(BatchStream&&) = delete;

  /// The batch of the current step; moves on by one. Rethrows what the worker thread threw, and does
  /// so at every call until seek(); the position then stays.
  [[nodiscard]] TokenBatch next();

  /// Number of batches given so far: the step that next() returns.
  [[nodiscard]] int64_t position() const;

  /// Goes on from `step` (>= 0). Cost: one epoch's shuffle.
  void seek(int64_t step);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The order of an epoch: a permutation of 0..size-1, each equally likely, a pure function of its arguments. size is
/// below 2^32; about 20 ms for a million.
[[nodiscard]] std::vector<int64_t> epoch_order(int64_t size, uint64_t seed, int64_t epoch);

/// tokens: int64 [L] of an image of `shape`, mirrored left to right in place.
void flip_horizontally(int64_t* tokens, const TokenShape& shape);

}  // namespace veil
