#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <vector>

#include "io/run/run_layout.h"
#include "veil/data/dataset_info.h"

namespace veil::io {

/// Write samples, int64 [N, L] on the CPU, as one picture, or as a file of lines where the data are texts: those of the
/// finished model, and those drawn after `step` updates. Return the path. Throw IoError.
std::filesystem::path write_samples(const RunLayout& layout, const torch::Tensor& tokens, const DatasetInfo& data);
std::filesystem::path write_step_samples(const RunLayout& layout, int64_t step, const torch::Tensor& tokens,
                                         const DatasetInfo& data);

/// Where the first of them writes samples of this kind of data.
[[nodiscard]] std::filesystem::path samples_file(const RunLayout& layout, DataKind kind);

/// The pictures there are: those drawn in training by name, which is by step, then that of the finished model.
[[nodiscard]] std::vector<std::filesystem::path> sample_pictures(const RunLayout& layout);

}  // namespace veil::io
