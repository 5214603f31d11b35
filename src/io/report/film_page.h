#pragma once

#include <torch/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "veil/data/dataset_info.h"
#include "veil/sample/unmasking.h"

namespace veil::io {

/// Samples while they are drawn.
struct Film {
  DatasetInfo data;                    ///< of the model
  SampleOptions options;               ///< under which they were drawn
  std::vector<UnmaskingFrame> frames;  ///< at least two, with entropies
  torch::Tensor revealed_by;           ///< Unmasking::revealed_by()
  std::string model;                   ///< its file, as people know it
  std::vector<std::string> classes;    ///< of each sample that is shown; empty where they have none
};

/// How much of the samples a film is to hold, so that its page stays below about 10 MB: up to 16 of them at up to 65
/// moments, with entropies.
[[nodiscard]] UnmaskingOptions watched_for_film(const SampleOptions& options, const DatasetInfo& data);

/// A page that needs nothing but itself: the samples at each moment with a slider over these, the entropy of the
/// network's prediction at each masked position, and the step in which each position was revealed. Without script it
/// shows some moments side by side. Of images the numbers of its JSON block are pictures, PNG in base64
/// (docs/file-formats.md).
[[nodiscard]] std::string film_page(const Film& film);

}  // namespace veil::io
