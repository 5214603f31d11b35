#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "veil/io/config/run_config.h"
#include "veil/nn/denoiser.h"
#include "veil/nn/model_spec.h"

namespace veil::io {

/// What a network began with that took its first weights from a model.
struct InitialWeights {
  std::string source;                  ///< for people: path, weights, step and SHA-256 of the model file
  std::vector<std::string> taken;      ///< names of parameters that both have with equal shapes and meaning
  std::vector<std::string> made_new;   ///< parameters of the network that stay as they are
  std::vector<std::string> left_out;   ///< of the model that the network has no place for
  std::vector<std::string> differing;  ///< "model.dropout: 0.1 → 0": settings of the network that are not the model's

  /// One line: the three numbers, and the first ten names of the last two lists.
  [[nodiscard]] std::string counts() const;
};

/// Copies the weights of the model at `path` (a file, or the folder of a finished run) into `denoiser`, an initialised
/// network as `spec` has it, wherever name and shape of a parameter are the same; all others stay as they are. The
/// embedding of classes counts as another one unless both know the same classes by the same names in the same order.
/// `config` is that of the new run.
///
/// Throws DataError if the file is none; InvalidArgument, with the lists, if the tokens mean something else (pixels or
/// text, another alphabet) or if less than half of the network's numbers would be taken: it is another network then.
/// Nothing is changed in that case.
[[nodiscard]] InitialWeights take_initial_weights(Denoiser& denoiser, const ModelSpec& spec, const RunConfig& config,
                                                  const std::filesystem::path& path);

}  // namespace veil::io
