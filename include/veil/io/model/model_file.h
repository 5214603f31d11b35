#pragma once

#include <torch/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "veil/io/config/run_config.h"
#include "veil/io/model/training_history.h"
#include "veil/nn/denoiser.h"
#include "veil/nn/model_spec.h"
#include "veil/train/parameter_vector.h"

namespace veil::io {

/// Where the weights of a model come from.
struct ModelInfo {
  std::string evaluation_fingerprint = {};  ///< of the split that the run evaluated on; may be empty
  int64_t evaluation_in_training = -1;  ///< of that split, the examples that the training data hold too; -1: not known
  int64_t step = 0;                     ///< updates that the weights have had
  std::string weights = "ema";          ///< "ema" (moving average) or "raw"
  std::string veil_version = {};        ///< of the program that wrote the file; save_model fills it in
  std::string libtorch_version = {};
  TrainingHistory history = {};  ///< what was done to make the weights; empty in files of older versions
};

/// A model as read from a file.
struct LoadedModel {
  std::shared_ptr<Denoiser> denoiser;  ///< built from spec.network; on the CPU, in training mode as every new network
  ModelSpec spec;                      ///< what it is; spec.data is what it was trained on
  RunConfig config;                    ///< of the run that trained it
  ModelInfo info;
  std::filesystem::path file;  ///< that it was read from
};

/// The parameters of `network` by name, without copying them.
[[nodiscard]] NamedTensors named_weights(const torch::nn::Module& network);

/// Throws DataError (beginning with `origin`, a path) unless `weights` are exactly the parameters of `network`, in any
/// order: one message names every missing, extra, mis-shaped and mis-typed tensor (the first ten of each).
void check_weights(const torch::nn::Module& network, const NamedTensors& weights, const std::string& origin);

/// Checks, then copies `weights` into the parameters. Nothing is changed if the check fails.
void assign_weights(torch::nn::Module& network, const NamedTensors& weights, const std::string& origin);

/// Writes a whole model as one safetensors file, atomically: the weights, and as metadata what the model is, the
/// configuration of the run that trained it, and `info` (docs/file-formats.md). [model] and [schedule] of `config` are
/// not looked at, but for model.label_dropout: they are written as with_model(config, spec) has them. Throws
/// InvalidArgument if that does, or info.weights is neither "ema" nor "raw"; IoError.
void save_model(const std::filesystem::path& path, const NamedTensors& weights, const ModelSpec& spec,
                const RunConfig& config, const ModelInfo& info);

/// Reads a model written by save_model; `path` as in model_path. The network is built only after every tensor was found
/// to be what the model's description wants, and what the file says of itself has the digest in it (files of older
/// versions have none). Throws DataError for a missing, damaged, changed or foreign file.
[[nodiscard]] LoadedModel load_model(const std::filesystem::path& path);

/// What was done to make a model's weights, without reading them; empty in files of older versions. Throws DataError.
[[nodiscard]] TrainingHistory read_history(const std::filesystem::path& file);

/// The model file that `path` means: `path` itself, or path/model.safetensors if it is a folder (of a run).
[[nodiscard]] std::filesystem::path model_path(const std::filesystem::path& path);

}  // namespace veil::io
