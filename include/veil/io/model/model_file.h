#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "veil/data/dataset.h"
#include "veil/io/config/run_config.h"
#include "veil/nn/denoiser.h"
#include "veil/train/parameter_vector.h"

namespace veil::io {

/// What a model file says of itself beside its configuration.
struct ModelInfo {
  DatasetInfo dataset = {};                 ///< what it was trained on; shape, vocab_size and classes are the network's
  std::string evaluation_fingerprint = {};  ///< of the split that the run evaluated on; may be empty
  int64_t step = 0;                         ///< updates that the weights have had
  std::string weights = "ema";              ///< "ema" (moving average) or "raw"
  std::string veil_version = {};            ///< of the program that wrote the file; save_model fills it in
  std::string libtorch_version = {};
};

/// A model as read from a file.
struct LoadedModel {
  std::shared_ptr<Denoiser> denoiser;  ///< on the CPU, in training mode as every new network
  RunConfig config;
  ModelInfo info;
};

/// The parameters of `network` by name, without copying them.
[[nodiscard]] NamedTensors named_weights(const torch::nn::Module& network);

/// Throws DataError (beginning with `origin`, a path) unless `weights` are exactly the parameters of `network`, in any
/// order: one message names every missing, extra, mis-shaped and mis-typed tensor (the first ten of each).
void check_weights(const torch::nn::Module& network, const NamedTensors& weights, const std::string& origin);

/// Checks, then copies `weights` into the parameters. Nothing is changed if the check fails.
void assign_weights(torch::nn::Module& network, const NamedTensors& weights, const std::string& origin);

/// Writes a whole model as one safetensors file, atomically: the weights, and as metadata the configuration and `info`
/// (docs/file-formats.md). Throws InvalidArgument if info.weights is neither "ema" nor "raw", IoError.
void save_model(const std::filesystem::path& path, const NamedTensors& weights, const RunConfig& config,
                const ModelInfo& info);

/// Reads a model written by save_model; `path` as in model_path. The network is built only after every tensor was found
/// to be what the configuration wants. Throws DataError for a missing, damaged or foreign file.
[[nodiscard]] LoadedModel load_model(const std::filesystem::path& path);

/// The model file that `path` means: `path` itself, or path/model.safetensors if it is a folder (of a run).
[[nodiscard]] std::filesystem::path model_path(const std::filesystem::path& path);

}  // namespace veil::io
