#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <vector>

#include "io/run/run_layout.h"
#include "veil/data/dataset_info.h"
#include "veil/nn/denoiser.h"
#include "veil/sample/sampler.h"
#include "veil/sample/unmasking.h"

namespace veil::io {

/// The rows of a grid of samples, wherever one is drawn: one for each class, where the samples have the classes in turn
/// (sample k lies in row k modulo their number), or for each sample where there are fewer; 0, which is as many as make
/// the whole nearly square, where all are of one class or of none, or where 256 rows would not do.
[[nodiscard]] int64_t grid_rows(const DenoiserOptions& network, const SampleOptions& options);

/// Write samples, int64 [N, L] on the CPU, as one picture of so many rows (grid_rows), or as a file of lines where the
/// data are texts: those of the finished model, and those drawn after `step` updates. Return the path. Throw IoError.
std::filesystem::path write_samples(const RunLayout& layout, const torch::Tensor& tokens, const DatasetInfo& data,
                                    int64_t rows);
std::filesystem::path write_step_samples(const RunLayout& layout, int64_t step, const torch::Tensor& tokens,
                                         const DatasetInfo& data, int64_t rows);

/// How many samples and frames of them write_unmasking() is to be given, for pictures of about a megabyte. Of texts
/// none.
[[nodiscard]] UnmaskingOptions watched_for_pictures(const SampleOptions& options, const DatasetInfo& data);

/// Writes a picture of samples of images on their way (RunLayout::unmasking): a row for each of up to four, of large
/// images for fewer, a column for each of up to nine frames from all masked to the end; and all of them as an animated
/// PNG (RunLayout::film). What is masked is shown as with_visible_masks() does (io/image/picture_strip.h). Nothing
/// where there are no frames. Throws IoError.
void write_unmasking(const RunLayout& layout, const std::vector<UnmaskingFrame>& frames, const DatasetInfo& data);

/// Where write_samples writes samples of this kind of data.
[[nodiscard]] std::filesystem::path samples_file(const RunLayout& layout, DataKind kind);

/// The pictures there are: those drawn in training by name, which is by step, then that of the finished model.
[[nodiscard]] std::vector<std::filesystem::path> sample_pictures(const RunLayout& layout);

}  // namespace veil::io
