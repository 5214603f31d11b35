#include "io/model/dataset_json.h"

#include <algorithm>

#include "base/words.h"
#include "io/file/json_fields.h"
#include "io/file/strict_json.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

using Json = nlohmann::json;

constexpr int64_t kMaxSide = 16384;
constexpr int64_t kMaxChannels = 64;
constexpr int64_t kMaxLength = int64_t{1} << 24;
constexpr int64_t kMaxVocabulary = int64_t{1} << 20;

std::vector<std::string> class_names(const Json& value, int64_t classes, const std::string& origin) {
  require<DataError>(value.is_array() && (value.empty() || static_cast<int64_t>(value.size()) == classes), origin,
                     ": class_names is not an empty list or one of ", classes, " names");
  std::vector<std::string> names;
  for (const auto& item : value) {
    require<DataError>(item.is_string(), origin, ": class_names holds something that is not a string");
    names.push_back(item.get<std::string>());
  }
  return names;
}

std::string kind_name(DataKind kind) { return kind == DataKind::kText ? "text" : "image"; }

}  // namespace

std::string dataset_to_json(const DatasetInfo& dataset) {
  Json json{{"name", dataset.name},
            {"split", dataset.split},
            {"kind", kind_name(dataset.kind)},
            {"height", dataset.shape.height},
            {"width", dataset.shape.width},
            {"channels", dataset.shape.channels},
            {"vocab_size", dataset.vocab_size},
            {"classes", dataset.classes},
            {"class_names", dataset.class_names}};
  if (!dataset.alphabet.empty()) {
    json["alphabet"] = dataset.alphabet;
  }
  if (!dataset.preparation.empty()) {
    json["preparation"] = dataset.preparation;
  }
  if (!dataset.fingerprint.empty()) {
    json["fingerprint"] = dataset.fingerprint;
  }
  if (!dataset.token_digest.empty()) {
    json["token_digest"] = dataset.token_digest;
  }
  if (!dataset.label_digest.empty()) {
    json["label_digest"] = dataset.label_digest;
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

DatasetInfo dataset_from_json(std::string_view json, const std::string& origin) {
  const Json value = parse_json(json, origin);
  const JsonFields fields(value, origin);
  fields.only({"name", "split", "kind", "height", "width", "channels", "vocab_size", "classes", "class_names",
               "alphabet", "preparation", "fingerprint", "token_digest", "label_digest"});
  DatasetInfo dataset;
  dataset.name = fields.text("name");
  dataset.split = fields.text("split");
  dataset.kind = value.contains("alphabet") ? DataKind::kText : DataKind::kImage;  // of a file that does not say
  if (value.contains("kind")) {
    const auto kind = fields.text("kind");
    require<DataError>(kind == kind_name(DataKind::kText) || kind == kind_name(DataKind::kImage), origin, ": kind is ",
                       shortened(kind), ", want image or text");
    dataset.kind = kind == kind_name(DataKind::kText) ? DataKind::kText : DataKind::kImage;
  }
  dataset.shape = {.height = fields.integer("height", 1, kMaxSide),
                   .width = fields.integer("width", 1, kMaxLength),
                   .channels = fields.integer("channels", 1, kMaxChannels)};
  require<DataError>(dataset.shape.width <= kMaxLength / (dataset.shape.height * dataset.shape.channels), origin,
                     ": an example has more than ", kMaxLength, " tokens");
  dataset.vocab_size = fields.integer("vocab_size", 1, kMaxVocabulary);
  dataset.classes = fields.integer("classes", 0, kMaxClasses);
  dataset.class_names = class_names(fields.at("class_names"), dataset.classes, origin);
  if (value.contains("alphabet")) {  // texts only
    dataset.alphabet = fields.text("alphabet");
    require<DataError>(static_cast<int64_t>(dataset.alphabet.size()) == dataset.vocab_size, origin, ": alphabet has ",
                       dataset.alphabet.size(), " letters, want vocab_size, which is ", dataset.vocab_size);
  }
  const auto text_if_there = [&](const char* name) { return value.contains(name) ? fields.text(name) : ""; };
  dataset.preparation = text_if_there("preparation");
  dataset.fingerprint = text_if_there("fingerprint");
  dataset.token_digest = text_if_there("token_digest");
  dataset.label_digest = text_if_there("label_digest");
  return dataset;
}

}  // namespace veil::io
