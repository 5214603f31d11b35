#include "veil/io/config/run_config.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/words.h"
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

std::string section_of(std::string_view name) { return std::string(name.substr(0, name.find('.'))); }

std::string tail_of(std::string_view name) {
  const size_t dot = name.find('.');
  return std::string(dot == std::string_view::npos ? name : name.substr(dot + 1));
}

// What may have been meant by an unknown key: the same word in another section, a neighbour in spelling, or else what
// the section holds.
std::string suggestion(std::string_view name) {
  constexpr int64_t kSlip = 2;
  const auto section = section_of(name);
  const auto inner = tail_of(name);
  if (section_of(inner) == section && std::ranges::find(config_key_names(), inner) != config_key_names().end()) {
    return concat(" (did you mean ", tail_of(inner), "? it stands in [", section, "] already)");
  }
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
    throw InvalidArgument(concat("unknown key ", shortened(name), suggestion(name)));
  }
  return *found;
}

void set(RunConfig& config, std::string_view name, std::string_view text) { find_config_key(name).set(config, text); }

std::string get(const RunConfig& config, std::string_view name) { return find_config_key(name).get(config); }

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
