#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/model/setting_changes.h"
#include "veil/data/dataset_info.h"

namespace veil::io {

/// Whether a run may go on with another value of a setting.
enum class Change {
  kAllowed,  ///< it holds from the next update on
  kByData,   ///< as long as the training data that follow are the same, wherever they lie
  kRefused,  ///< another value is another run
};

/// The rule for one key, or for all keys of a section that have no rule of their own.
struct ChangeRule {
  std::string_view keys;  ///< "section.key" or "section.*"
  Change change;
  std::string_view why;
};

/// The one list of what may change when a run goes on; docs/file-formats.md shows it.
[[nodiscard]] std::span<const ChangeRule> change_rules();

/// The rule for a key. One that is in no list decides what the run is: refused.
[[nodiscard]] const ChangeRule& change_rule(std::string_view key);

/// Throws InvalidArgument that begins with `run` and names every change that is refused, with old and new value and the
/// reason.
void require_allowed(const std::vector<SettingChange>& changes, const std::string& run);

/// In words, in what `now` is another split than `before`: number of examples, shape, classes and their names, labels,
/// pixels. What either does not say is taken to be equal. Empty if nothing is; names, paths and preparation do not
/// count.
[[nodiscard]] std::vector<std::string> data_differences(const DatasetInfo& before, const DatasetInfo& now);

/// Likewise of two fingerprints, where no more is known.
[[nodiscard]] std::vector<std::string> fingerprint_differences(const std::string& before, const std::string& now);

}  // namespace veil::io
