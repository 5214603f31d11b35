#include "io/run/record_fields.h"

#include <limits>

#include "base/words.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

using Json = nlohmann::json;

bool is_count(const Json& value) {
  return value.is_number_unsigned() &&
         value.get<uint64_t>() <= static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
}

}  // namespace

FieldReader::FieldReader(const Json& object, const std::string& origin, Missing missing)
    : object_(object), origin_(origin), missing_(missing) {
  require<DataError>(object.is_object(), origin, ": ", object.type_name(), ", want a JSON object");
}

const Json* FieldReader::find(const char* name, bool (*has_kind)(const Json&), const char* wanted) const {
  const auto found = object_.find(name);
  if (found != object_.end() && has_kind(*found)) {
    return &*found;
  }
  const bool is_absent = found == object_.end() || found->is_null();
  const bool may_miss = missing_ == Missing::kUnusable || (missing_ == Missing::kAbsent && is_absent);
  require<DataError>(may_miss, origin_, ": '", name, "' is ",
                     is_absent ? "absent" : in_quotes(found->dump(-1, ' ', true, Json::error_handler_t::replace)),
                     ", want ", wanted);
  return nullptr;
}

void FieldReader::operator()(const char* name, double& value) const {
  const Json* found = find(
      name, [](const Json& field) { return field.is_number(); }, "a number");
  value = found == nullptr ? std::numeric_limits<double>::quiet_NaN() : found->get<double>();
}

void FieldReader::operator()(const char* name, int64_t& value) const {
  const Json* found = find(name, is_count, "an integer of 0 or more");
  value = found == nullptr ? 0 : found->get<int64_t>();
}

void FieldReader::operator()(const char* name, uint64_t& value) const {
  const Json* found = find(
      name, [](const Json& field) { return field.is_number_unsigned(); }, "an integer of 0 or more");
  value = found == nullptr ? 0 : found->get<uint64_t>();
}

void FieldReader::operator()(const char* name, std::string& value) const {
  const Json* found = find(
      name, [](const Json& field) { return field.is_string(); }, "a text");
  value = found == nullptr ? "" : found->get<std::string>();
}

}  // namespace veil::io
