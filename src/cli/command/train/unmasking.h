#pragma once

#include <torch/types.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "io/run/sample_files.h"
#include "veil/data/dataset_info.h"
#include "veil/sample/sample_trace.h"

namespace veil::cli {

/// Watches a few images while they are drawn, for pictures of how they come to be. Nothing of it needs the network.
class Unmasking {
 public:
  /// The first of `options.count` images of `data`, few enough for pictures of about a megabyte. Of texts nothing is
  /// kept.
  Unmasking(const SampleOptions& options, const DatasetInfo& data);

  /// To be handed to sample(). Not to be called after this is gone.
  [[nodiscard]] SampleTrace trace();

  /// What was seen at some of the steps, evenly spaced, the first and the last among them; empty for texts. Once the
  /// samples are drawn.
  [[nodiscard]] std::vector<io::UnmaskingFrame> frames() const;

 private:
  int64_t first_;
  int64_t watched_ = 0;
  int64_t steps_;
  std::map<int64_t, torch::Tensor> seen_;  // by step: int64 [watched, L]
};

}  // namespace veil::cli
