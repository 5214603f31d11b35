#pragma once

#include <string>

#include "veil/io/model/training_history.h"

namespace veil::io {

/// What was done to make the model, a row for each stretch of training, as HTML; empty if nothing is known.
[[nodiscard]] std::string history_table(const TrainingHistory& history);

}  // namespace veil::io
