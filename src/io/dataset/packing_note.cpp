#include "io/dataset/packing_note.h"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/words.h"
#include "io/source/left_out.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

using nlohmann::json;

constexpr int kMostSteps = 8;
constexpr size_t kNamedReasons = 4;
constexpr size_t kNamedKinds = 8;

// Fields of an object that anybody may have written; what is not as we write it says nothing.
int64_t number(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

std::string text(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

json list(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found != object.end() && found->is_structured() ? *found : json::array();
}

std::string refused_text(const json& record) {
  const auto refused = number(record, "refused_files");
  if (refused <= 0) {
    return "";
  }
  std::vector<std::string> reasons;
  for (const auto& each : list(record, "refused_for")) {
    if (each.is_object() && reasons.size() < kNamedReasons) {
      reasons.push_back(concat(number(each, "count"), ": ", shortened(text(each, "reason"))));
    }
  }
  return concat(refused, refused == 1 ? " file refused" : " files refused",
                reasons.empty() ? "" : concat(" (", joined(reasons, "; "), ")"));
}

std::string unused_text(const json& record) {
  std::vector<LeftOut> left_out;
  for (const auto& each : list(record, "left_out")) {
    if (each.is_object() && left_out.size() < kNamedKinds) {
      left_out.push_back({.kind = shortened(text(each, "kind")),
                          .count = number(each, "count"),
                          .example = shortened(text(each, "example"))});
    }
  }
  return left_out.empty() ? "" : concat("left out: ", left_out_text(left_out));
}

std::string duplicates_text(const json& record) {
  int64_t dropped = 0;
  for (const auto& split : list(record, "dropped_duplicates")) {
    dropped += number(split, "images");
  }
  return dropped <= 0 ? "" : concat(dropped, dropped == 1 ? " duplicate dropped" : " duplicates dropped");
}

}  // namespace

std::string packing_note(const std::string& provenance) {
  std::vector<std::string> parts;
  json record = json::parse(provenance, nullptr, /*allow_exceptions=*/false);
  for (int step = 0; step < kMostSteps && record.is_object(); ++step) {
    for (auto part : {refused_text(record), unused_text(record), duplicates_text(record)}) {
      if (!part.empty()) {
        parts.push_back(std::move(part));
      }
    }
    record = json::parse(text(record, "packed_from"), nullptr, /*allow_exceptions=*/false);
  }
  return printable(joined(parts, "; "));
}

}  // namespace veil::io
