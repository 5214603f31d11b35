#pragma once

#include <string>
#include <string_view>

#include "veil/io/model/training_history.h"

namespace veil::io {

/// The form in which models and checkpoints hold a history: a JSON list of objects (docs/file-formats.md).
[[nodiscard]] std::string history_to_json(const TrainingHistory& history);

/// The inverse. Texts that are absent are empty. Throws DataError (beginning with `origin`) on anything else than such
/// a list, of at most 100,000 stretches.
[[nodiscard]] TrainingHistory history_from_json(std::string_view json, const std::string& origin);

}  // namespace veil::io
