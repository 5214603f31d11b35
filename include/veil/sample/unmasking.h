#pragma once

#include <torch/types.h>

#include <cstdint>
#include <map>
#include <vector>

#include "veil/sample/sample_trace.h"

namespace veil {

/// Samples on their way.
struct UnmaskingFrame {
  int64_t step = 0;              ///< denoising steps that were done
  torch::Tensor tokens;          ///< int64 [N, L] on the CPU, in which vocab_size is the mask
  torch::Tensor entropies = {};  ///< float64 [N, L]: SampleMoment::entropies; undefined where they were not asked for
};

struct UnmaskingOptions {
  int64_t samples = 1;     ///< that are watched, the first ones; 0 .. SampleOptions::count
  int64_t frames = 2;      ///< that are kept of them at most; >= 2
  bool entropies = false;  ///< costs a network call a frame and group of rows
};

/// Watches the first samples while they are drawn, and keeps what they look like at some of the steps and when each of
/// their positions was revealed.
class Unmasking {
 public:
  /// length, vocab_size: of the network. The steps that are kept are evenly spaced, the first and the last among them.
  Unmasking(const SampleOptions& sample, int64_t length, int64_t vocab_size, const UnmaskingOptions& options);

  /// To be handed to sample(). Not to be called after this is gone.
  [[nodiscard]] SampleTrace trace();

  /// Once the samples are drawn, by step; empty where none is watched.
  [[nodiscard]] std::vector<UnmaskingFrame> frames() const;

  /// The step that revealed each position, from 1: int64 [N, L] on the CPU. Every step counts, those that are not kept
  /// too.
  [[nodiscard]] const torch::Tensor& revealed_by() const { return revealed_by_; }

 private:
  void see(const SampleMoment& moment);

  int64_t first_;
  int64_t watched_;
  int64_t vocab_size_;
  bool with_entropies_;
  std::map<int64_t, UnmaskingFrame> seen_;  // by step
  torch::Tensor revealed_by_;               // 0: not yet
};

}  // namespace veil
