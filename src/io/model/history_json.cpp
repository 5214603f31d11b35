#include "io/model/history_json.h"

#include <limits>
#include <utility>

#include "io/file/json_fields.h"
#include "io/file/strict_json.h"
#include "veil/base/error.h"

namespace veil::io {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostStretches = 100'000;
constexpr size_t kMostChanges = 10'000;

// The texts of a stretch, written down once.
void visit_texts(auto& stretch, const auto& visit) {
  visit("data", stretch.data);
  visit("evaluation_data", stretch.evaluation_data);
  visit("precision", stretch.precision);
  visit("device", stretch.device);
  visit("processor", stretch.processor);
  visit("veil_version", stretch.veil_version);
  visit("libtorch_version", stretch.libtorch_version);
}

Json changes_to_json(const std::vector<SettingChange>& changes) {
  Json list = Json::array();
  for (const auto& change : changes) {
    list.push_back(Json{{"key", change.key}, {"before", change.before}, {"after", change.after}});
  }
  return list;
}

std::vector<SettingChange> changes_from_json(const nlohmann::json& list, const std::string& origin) {
  require<DataError>(list.is_array() && list.size() <= kMostChanges, origin, ": 'changes' is not a list of at most ",
                     kMostChanges);
  std::vector<SettingChange> changes;
  for (const auto& item : list) {
    const JsonFields fields(item, origin);
    changes.push_back({.key = fields.text("key"), .before = fields.text("before"), .after = fields.text("after")});
  }
  return changes;
}

TrainingStretch stretch_from_json(const nlohmann::json& item, const std::string& origin) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  const JsonFields fields(item, origin);
  TrainingStretch stretch;
  stretch.first_step = fields.integer("first_step", 1, kMost);
  stretch.last_step = fields.integer("last_step", stretch.first_step, kMost);
  require<DataError>(fields.at("seed").is_number_unsigned(), origin, ": 'seed' is not an integer of 0 or more");
  stretch.seed = fields.at("seed").get<uint64_t>();
  visit_texts(stretch,
              [&](const char* name, std::string& text) { text = item.contains(name) ? fields.text(name) : ""; });
  if (item.contains("changes")) {
    stretch.changes = changes_from_json(item["changes"], origin);
  }
  return stretch;
}

}  // namespace

std::string describe(const SettingChange& change) {
  return concat(change.key, ": ", change.before, " → ", change.after);
}

void go_on_with(TrainingHistory& history, TrainingStretch next, int64_t step) {
  next.first_step = step + 1;
  next.last_step = step;
  if (!history.empty() && next.changes.empty()) {
    TrainingStretch same = history.back();
    same.first_step = next.first_step;
    same.last_step = next.last_step;
    same.changes.clear();
    if (same == next) {
      return;
    }
  }
  history.push_back(std::move(next));
}

TrainingHistory history_at(TrainingHistory history, int64_t step) {
  if (!history.empty()) {
    history.back().last_step = step;
    if (step < history.back().first_step) {
      history.pop_back();
    }
  }
  return history;
}

std::string history_to_json(const TrainingHistory& history) {
  Json list = Json::array();
  for (const auto& stretch : history) {
    Json object{{"first_step", stretch.first_step}, {"last_step", stretch.last_step}, {"seed", stretch.seed}};
    visit_texts(stretch, [&](const char* name, const std::string& text) { object[name] = text; });
    object["changes"] = changes_to_json(stretch.changes);
    list.push_back(std::move(object));
  }
  return list.dump(-1, ' ', false, Json::error_handler_t::replace);
}

TrainingHistory history_from_json(std::string_view json, const std::string& origin) {
  const nlohmann::json list = parse_json(json, origin);
  require<DataError>(list.is_array() && list.size() <= kMostStretches, origin, ": not a list of at most ",
                     kMostStretches, " stretches of training");
  TrainingHistory history;
  for (const auto& item : list) {
    history.push_back(stretch_from_json(item, origin));
  }
  return history;
}

}  // namespace veil::io
