#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace veil::io {

/// A setting that has another value than before. Values are canonical texts (ConfigKey::get).
struct SettingChange {
  std::string key;  ///< "section.key"; "data" and "evaluation data", whose values are fingerprints; "first weights" of
                    ///< a run that began with those of a model
  std::string before;
  std::string after;

  friend bool operator==(const SettingChange&, const SettingChange&) = default;
};

/// "optimizer.learning_rate: 0.001 → 0.0005"
[[nodiscard]] std::string describe(const SettingChange& change);

/// Updates that were made under the same conditions. What is not known, of a file that an older version wrote, is
/// empty.
struct TrainingStretch {
  int64_t first_step = 1;  ///< number of its first update, from 1
  int64_t last_step = 0;   ///< and of its last
  uint64_t seed = 0;
  std::string data;                    ///< fingerprint of what was trained on
  std::string evaluation_data;         ///< and of what was scored
  std::string precision;               ///< number format of the network's products
  std::string device;                  ///< what computed, by its maker's name
  std::string processor;               ///< the CPU beside it, or the same
  std::string veil_version;            ///< of the program
  std::string libtorch_version;        ///< that it ran with
  std::vector<SettingChange> changes;  ///< against the stretch before

  friend bool operator==(const TrainingStretch&, const TrainingStretch&) = default;
};

/// What was done to make the weights of a model: its stretches in order. That a run was stopped and went on under the
/// same conditions leaves no trace, because it changes no bit.
using TrainingHistory = std::vector<TrainingStretch>;

/// Adds `next`, whose last_step is not looked at, as the stretch of the updates after `step`; or nothing, if the last
/// stretch is of the same conditions and `next` has no changes.
void go_on_with(TrainingHistory& history, TrainingStretch next, int64_t step);

/// `history` when `step` updates are done: the last stretch ends there, or is left out if it has no update.
[[nodiscard]] TrainingHistory history_at(TrainingHistory history, int64_t step);

}  // namespace veil::io
