#pragma once

#include <torch/types.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cli/arguments/arguments.h"
#include "io/report/film_page.h"
#include "veil/nn/denoiser.h"

namespace veil::cli {

/// Where the samples go; an empty path means: not there.
struct Targets {
  std::filesystem::path grid;
  std::filesystem::path folder;
  std::filesystem::path npz;
  std::filesystem::path npy;
  std::filesystem::path film;
  bool is_text = false;  ///< lines on standard output, or in the file --out
};

/// Before the samples are made, so that a wrong path costs nothing. source: of the model's training data, to which
/// nothing is added. Throws UsageError, IoError.
[[nodiscard]] Targets choose_targets(const Arguments& arguments, const std::string& source, bool is_text);

/// Writes all but the film; returns (kind, path) of what was written. labels: of each sample, or undefined. Texts go to
/// standard output, one a line, unless a file is asked for or `json`. Throw IoError.
[[nodiscard]] nlohmann::ordered_json write_text_samples(const Targets& targets, const torch::Tensor& tokens,
                                                        const torch::Tensor& labels, const std::string& alphabet,
                                                        bool json);

/// rows: of the grid; 0: as many as make it nearly square. first: number of the first sample.
[[nodiscard]] nlohmann::ordered_json write_samples(const Targets& targets, const torch::Tensor& tokens,
                                                   const torch::Tensor& labels, const DenoiserOptions& network,
                                                   int64_t first, int64_t rows);

}  // namespace veil::cli
