#include "io/file/json_fields.h"

#include <algorithm>
#include <limits>

#include "base/words.h"
#include "veil/base/error.h"

namespace veil::io {

JsonFields::JsonFields(const nlohmann::json& object, const std::string& origin) : object_(object), origin_(origin) {
  require<DataError>(object.is_object(), origin, ": not a JSON object");
}

void JsonFields::only(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, value] : object_.items()) {
    require<DataError>(std::find(names.begin(), names.end(), name) != names.end(), origin_, ": unknown field ",
                       in_quotes(name));
  }
}

const nlohmann::json& JsonFields::at(std::string_view name) const {
  const auto found = object_.find(name);
  require<DataError>(found != object_.end(), origin_, ": the field '", name, "' is missing");
  return *found;
}

std::string JsonFields::text(std::string_view name) const {
  const auto& value = at(name);
  require<DataError>(value.is_string(), origin_, ": '", name, "' is not a string");
  return value.get<std::string>();
}

int64_t JsonFields::integer(std::string_view name, int64_t low, int64_t high) const {
  const auto& value = at(name);
  const bool fits = value.is_number_integer() &&
                    (!value.is_number_unsigned() ||
                     value.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max()));
  require<DataError>(fits && value.get<int64_t>() >= low && value.get<int64_t>() <= high, origin_, ": '", name, "' is ",
                     in_quotes(value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace)),
                     ", want an integer in ", low, " .. ", high);
  return value.get<int64_t>();
}

}  // namespace veil::io
