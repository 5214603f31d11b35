#pragma once

#include <concepts>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <type_traits>

namespace veil::io {

/// Fields that several records have.
inline constexpr const char* kBitsPerDim = "bits_per_dim";
inline constexpr const char* kStandardError = "standard_error";
inline constexpr const char* kExamples = "examples";
inline constexpr const char* kDatasetSize = "dataset_size";

/// A Record that is read, or a const one that is written.
template <typename T, typename Record>
concept Is = std::same_as<std::remove_const_t<T>, Record>;

/// A record's fields are written down once, in a function template `visit_fields(record, visit)` that calls
/// visit(name, record.field) for each: with a FieldWriter it writes, with a FieldReader it reads.
class FieldWriter {
 public:
  /// Adds to `object`, which must outlive this.
  explicit FieldWriter(nlohmann::ordered_json& object) : object_(object) {}

  /// A number that is not finite becomes null.
  template <typename Value>
  void operator()(const char* name, const Value& value) const {
    object_[name] = value;
  }

 private:
  nlohmann::ordered_json& object_;
};

/// Which fields of a record may be missing: those are then not known, which is NaN, 0 or an empty text.
enum class Missing {
  kNone,     ///< none: each must be there, of its kind
  kAbsent,   ///< those that are absent or null; one of another kind is refused
  kUnusable  ///< those of another kind as well
};

/// Sets fields from a JSON object. Integers are at least 0. Throws DataError that begins with `origin` (a path) and
/// names the field that may not be missing. Keeps references: both arguments must outlive this.
class FieldReader {
 public:
  /// Throws DataError unless `object` is one.
  FieldReader(const nlohmann::json& object, const std::string& origin, Missing missing);

  void operator()(const char* name, double& value) const;
  void operator()(const char* name, int64_t& value) const;
  void operator()(const char* name, uint64_t& value) const;
  void operator()(const char* name, std::string& value) const;

 private:
  /// The field if it has its kind; nullptr if it may be missing and is.
  [[nodiscard]] const nlohmann::json* find(const char* name, bool (*has_kind)(const nlohmann::json&),
                                           const char* wanted) const;

  const nlohmann::json& object_;
  const std::string& origin_;
  Missing missing_;
};

}  // namespace veil::io
