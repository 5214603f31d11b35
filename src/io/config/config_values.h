#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "veil/base/option.h"
#include "veil/io/config/run_config.h"

/// VEIL_FIELD(train.steps) is the Access of that field.
#define VEIL_FIELD(member)                                                 \
  {                                                                        \
    [](RunConfig & config) -> auto& { return config.member; }              \
    , [](const RunConfig& config) -> const auto& { return config.member; } \
  }

namespace veil::io {

/// Finds the field of a configuration that a key stands for: to write it, and to read it where it lies.
template <typename Value>
struct Access {
  Value& (*to)(RunConfig&);
  const Value& (*in)(const RunConfig&);
};

/// Makers of keys, one for each type of value. `name` and `help` as in ConfigKey; `more`: what is wanted beside the
/// range, where it depends on other keys.
[[nodiscard]] ConfigKey integer_key(std::string name, std::string help, Access<int64_t> field, IntegerRange range,
                                    const std::string& more = "");
[[nodiscard]] ConfigKey seed_key(std::string name, std::string help, Access<uint64_t> field);
[[nodiscard]] ConfigKey real_key(std::string name, std::string help, Access<double> field, Range range);
[[nodiscard]] ConfigKey boolean_key(std::string name, std::string help, Access<bool> field);
[[nodiscard]] ConfigKey text_key(std::string name, std::string help, Access<std::string> field);
[[nodiscard]] ConfigKey integer_list_key(std::string name, std::string help, Access<std::vector<int64_t>> field,
                                         IntegerRange lengths, IntegerRange range, const std::string& more = "");

/// A key whose values are names.
template <typename Enum>
using Choices = std::vector<std::pair<std::string, Enum>>;

/// "unet or uvit", "auto, float32 or bfloat16".
[[nodiscard]] std::string join_choices(const std::vector<std::string>& names);

/// Throws InvalidArgument: `name is "text", want wanted`.
[[noreturn]] void refuse_value(std::string_view name, std::string_view text, std::string_view wanted);

template <typename Enum>
ConfigKey choice_key(std::string name, std::string help, Access<Enum> field, Choices<Enum> choices) {
  std::vector<std::string> names;
  for (const auto& [text, value] : choices) {
    names.push_back(text);
  }
  ConfigKey key{.name = std::move(name), .help = std::move(help), .wanted = join_choices(names), .set = {}, .get = {}};
  key.set = [field, choices, id = key.name, wanted = key.wanted](RunConfig& config, std::string_view text) {
    for (const auto& [allowed, value] : choices) {
      if (allowed == text) {
        field.to(config) = value;
        return;
      }
    }
    refuse_value(id, text, wanted);
  };
  key.get = [field, choices](const RunConfig& config) -> std::string {
    for (const auto& [text, value] : choices) {
      if (field.in(config) == value) {
        return text;
      }
    }
    return "?";
  };
  return key;
}

}  // namespace veil::io
