#pragma once

#include <cstdint>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace veil::io {

/// The fields of a JSON object from a file, each checked as it is read. Every error is a DataError that begins with
/// `origin` and names the field. Keeps references: both arguments must outlive it.
class JsonFields {
 public:
  JsonFields(const nlohmann::json& object, const std::string& origin);

  /// Throws if there is a field with a name other than these.
  void only(std::initializer_list<std::string_view> names) const;

  [[nodiscard]] const nlohmann::json& at(std::string_view name) const;
  [[nodiscard]] std::string text(std::string_view name) const;
  [[nodiscard]] int64_t integer(std::string_view name, int64_t low, int64_t high) const;

 private:
  const nlohmann::json& object_;
  const std::string& origin_;
};

}  // namespace veil::io
