#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "veil/base/device.h"
#include "veil/data/dataset.h"
#include "veil/diffusion/mask_schedule.h"
#include "veil/evaluate/evaluator.h"
#include "veil/io/dataset/data_options.h"
#include "veil/nn/denoiser.h"
#include "veil/objective/objective.h"
#include "veil/sample/sampler.h"
#include "veil/train/optimizer.h"
#include "veil/train/train_options.h"

namespace veil::io {

/// A whole run, as plain values: the one thing that is read from a file and flags, and printed. [model] and [schedule]
/// say what the model is, the others what the run does. The fields that have no key hold their defaults and are filled
/// by resolve() (resolve.h): the network's shape, vocabulary and classes come from the data, the schedule inside
/// objective, evaluate and sample is `schedule`.
struct RunConfig {
  DataOptions data;
  DenoiserOptions model;
  bool class_conditional = false;  ///< key model.class_conditional: the network is told the class of an example
  double label_dropout = 0.0;      ///< key model.label_dropout, in [0, 1): in training the class is replaced by "none"
                                   ///< with this probability; above 0 the network has a row for that (null_class)
  std::string init_from = "none";  ///< key train.init_from: a model whose weights training begins with, or "none"
  bool tensorboard = false;        ///< key train.tensorboard: the run's logs are written for TensorBoard as well
  MaskScheduleOptions schedule;
  ObjectiveOptions objective;
  OptimizerOptions optimizer;
  TrainOptions train;
  EvaluationOptions evaluate;
  SampleOptions sample;
  DeviceOptions device;
};

/// One setting. The list of these is the only place where a key is written down: files, flags, help, stored
/// configurations and messages all follow from it.
struct ConfigKey {
  std::string name;                                       ///< "section.key"
  std::string help;                                       ///< meaning and unit
  std::string wanted;                                     ///< what is allowed: "an integer in [1, 1000000]"
  std::function<void(RunConfig&, std::string_view)> set;  ///< throws InvalidArgument: key, what was given, `wanted`
  std::function<std::string(const RunConfig&)> get;  ///< canonical text: set(get()) changes nothing, not a last bit
};

/// Every key, section by section.
[[nodiscard]] std::span<const ConfigKey> config_keys();

/// Names of all keys, in the order of config_keys().
[[nodiscard]] std::span<const std::string> config_key_names();

/// The key of that name. Throws InvalidArgument that names the nearest known key.
[[nodiscard]] const ConfigKey& find_config_key(std::string_view name);

/// Sets one value from text, read without the locale: "0.5" under every locale. Throws InvalidArgument for an unknown
/// key or a value that is not allowed.
void set(RunConfig& config, std::string_view name, std::string_view text);

/// The canonical text of one value. Throws InvalidArgument for an unknown key.
[[nodiscard]] std::string get(const RunConfig& config, std::string_view name);

/// The resolved configuration as an INI file: every key under its section, with its meaning, range and default as a
/// comment.
[[nodiscard]] std::string to_ini(const RunConfig& config);

/// A flat JSON object of strings, {"data.source": "fashion-mnist", ...}: what model files store.
[[nodiscard]] std::string to_json(const RunConfig& config);

/// The inverse of to_json. Keys that are absent keep their defaults. Throws DataError (starting with `origin`, the path
/// the text came from) if the text is not such an object, holds a key twice, an unknown key or a value out of range.
[[nodiscard]] RunConfig from_json(std::string_view json, const std::string& origin);

}  // namespace veil::io
