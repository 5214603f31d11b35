#include "io/model/setting_changes.h"

#include <utility>

namespace veil::io {

std::vector<SettingChange> differences(const RunConfig& before, const RunConfig& now) {
  std::vector<SettingChange> changes;
  for (const auto& key : config_keys()) {
    SettingChange change{.key = key.name, .before = key.get(before), .after = key.get(now)};
    if (change.before != change.after) {
      changes.push_back(std::move(change));
    }
  }
  return changes;
}

}  // namespace veil::io
