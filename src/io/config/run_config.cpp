#include "veil/io/config/run_config.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "io/config/config_keys.h"
#include "io/config/config_values.h"
#include "io/file/nearest_name.h"
#include "io/file/strict_json.h"
#include "veil/base/error.h"
#include "veil/nn/layers/layers.h"

namespace veil::io {
namespace {

std::vector<ConfigKey> all_keys() {
  std::vector<ConfigKey> keys;
  for (const auto section : {data_keys, model_keys, schedule_keys, objective_keys, optimizer_keys, train_keys,
                             evaluate_keys, sample_keys, device_keys}) {
    for (ConfigKey& key : section()) {
      keys.push_back(std::move(key));
    }
  }
  return keys;
}

void validate_label_dropout(const RunConfig& config) {
  require(config.label_dropout == 0 || config.class_conditional, "model.label_dropout is ",
          get(config, "model.label_dropout"), ", want 0 where model.class_conditional is false");
}

std::string section_of(std::string_view name) { return std::string(name.substr(0, name.find('.'))); }

std::string tail_of(std::string_view name) {
  const size_t dot = name.find('.');
  return std::string(dot == std::string_view::npos ? name : name.substr(dot + 1));
}

// What may have been meant by an unknown key: the same word in another section, a neighbour in spelling, or else what
// the section holds.
std::string suggestion(std::string_view name) {
  constexpr int64_t kSlip = 2;
  const std::string near = nearest_name(name, config_key_names());
  if (!near.empty() && edit_distance(near, name) <= kSlip) {
    return did_you_mean(name, config_key_names());
  }
  std::string section_keys;
  for (const std::string& known : config_key_names()) {
    if (tail_of(known) == tail_of(name)) {
      return concat(" (did you mean ", known, "?)");
    }
    if (section_of(known) == section_of(name)) {
      section_keys += (section_keys.empty() ? "" : ", ") + tail_of(known);
    }
  }
  if (!near.empty()) {
    return did_you_mean(name, config_key_names());
  }
  return section_keys.empty() ? ", want a section of data, model, schedule, objective, optimizer, train, evaluate, "
                                "sample and device"
                              : concat(", [", section_of(name), "] has ", section_keys);
}

}  // namespace

DenoiserOptions denoiser_options(const RunConfig& config, const DatasetInfo& data) {
  DenoiserOptions options = config.model;
  options.shape = data.shape;
  options.vocab_size = data.vocab_size;
  options.classes = config.class_conditional ? data.classes : 0;
  options.null_class = config.label_dropout > 0;
  validate_label_dropout(config);
  require(!config.class_conditional || data.classes > 0, "model.class_conditional is true, but ", data.name,
          " has no classes");
  return options;
}

ObjectiveOptions objective_options(const RunConfig& config) {
  ObjectiveOptions options = config.objective;
  options.schedule = config.schedule;
  return options;
}

EvaluationOptions evaluation_options(const RunConfig& config) {
  EvaluationOptions options = config.evaluate;
  options.schedule = config.schedule;
  return options;
}

SampleOptions sample_options(const RunConfig& config) {
  SampleOptions options = config.sample;
  options.schedule = config.schedule;
  return options;
}

std::span<const ConfigKey> config_keys() {
  static const std::vector<ConfigKey> keys = all_keys();
  return keys;
}

std::span<const std::string> config_key_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    for (const ConfigKey& key : config_keys()) {
      result.push_back(key.name);
    }
    return result;
  }();
  return names;
}

const ConfigKey& find_config_key(std::string_view name) {
  const auto found = std::ranges::find(config_keys(), name, &ConfigKey::name);
  if (found == config_keys().end()) {
    throw InvalidArgument(concat("unknown key ", shown(name), suggestion(name)));
  }
  return *found;
}

void set(RunConfig& config, std::string_view name, std::string_view text) { find_config_key(name).set(config, text); }

std::string get(const RunConfig& config, std::string_view name) { return find_config_key(name).get(config); }

namespace {

void validate_powers(const RunConfig& config) {
  if (config.model.powers == Powers::kNone) {
    return;
  }
  const std::string powers = get(config, "schedule.powers");
  for (const auto& [key, wanted] : {std::pair{"model.condition", "time"}, std::pair{"objective.form", "time"},
                                    std::pair{"evaluate.form", "time"}, std::pair{"schedule.kind", "linear"}}) {
    require(get(config, key) == wanted, key, " is ", get(config, key), ", want ", wanted, " where schedule.powers is ",
            powers, ": every value has a schedule of its own");
  }
}

void validate_transformer(const RunConfig& config) {
  const auto& own = config.model.transformer;
  require(own.key_value_heads == 0 || own.heads % own.key_value_heads == 0, "model.key_value_heads is ",
          own.key_value_heads, ", want 0 or a divisor of model.heads, which is ", own.heads);
  for (const auto& [key, wanted] : {std::pair{"model.head", "free"}, std::pair{"model.value_channels", "false"}}) {
    require(get(config, key) == wanted, key, " is ", get(config, key), ", want ", wanted,
            " where model.network is transformer");
  }
}

void validate_network(const RunConfig& config) {
  const DenoiserOptions& model = config.model;
  if (model.network == NetworkKind::kTransformer) {
    validate_transformer(config);
    return;
  }
  require(model.width % kNormGroups == 0, "model.width is ", model.width, ", want a multiple of ", kNormGroups,
          " where model.network is ", get(config, "model.network"));
  require(model.network != NetworkKind::kUViT || model.uvit.dit_width % model.uvit.dit_heads == 0,
          "model.dit_width is ", model.uvit.dit_width, ", want a multiple of model.dit_heads, which is ",
          model.uvit.dit_heads);
}

}  // namespace

void validate(const RunConfig& config) {
  const TrainOptions& train = config.train;
  require(train.micro_batch_size == 0 || train.batch_size % train.micro_batch_size == 0, "train.micro_batch_size is ",
          train.micro_batch_size, ", want 0 or a divisor of train.batch_size, which is ", train.batch_size);
  require(config.evaluate.passes % config.evaluate.replicates == 0, "evaluate.passes is ", config.evaluate.passes,
          ", want a multiple of evaluate.replicates, which is ", config.evaluate.replicates);
  validate_network(config);
  validate_label_dropout(config);
  require(config.schedule.kind != ScheduleKind::kGeometric || config.schedule.beta_min < config.schedule.beta_max,
          "schedule.beta_min is ", get(config, "schedule.beta_min"), ", want less than schedule.beta_max, which is ",
          get(config, "schedule.beta_max"));
  validate_powers(config);
}

std::string to_ini(const RunConfig& config) {
  const RunConfig defaults;
  std::string text;
  std::string section;
  for (const ConfigKey& key : config_keys()) {
    if (section_of(key.name) != section) {
      text += text.empty() ? "" : "\n";
      section = section_of(key.name);
      text += concat("[", section, "]\n");
    }
    text += concat("# ", key.help, ": ", key.wanted, "; default ", key.get(defaults), "\n");
    text += concat(key.name.substr(section.size() + 1), " = ", key.get(config), "\n");
  }
  return text;
}

std::string to_json(const RunConfig& config) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const ConfigKey& key : config_keys()) {
    object[key.name] = key.get(config);
  }
  return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

RunConfig from_json(std::string_view json, const std::string& origin) {
  RunConfig config;
  const nlohmann::json object = parse_json(json, origin + ": the configuration");
  require<DataError>(object.is_object(), origin, ": the configuration is not a JSON object of strings");
  for (const auto& [key, value] : object.items()) {
    require<DataError>(value.is_string(), origin, ": ", key, " in the configuration is not a string");
    try {
      set(config, key, value.get_ref<const std::string&>());
    } catch (const InvalidArgument& error) {
      throw DataError(concat(origin, ": ", error.what()));
    }
  }
  return config;
}

}  // namespace veil::io
