#pragma once

#include <vector>

#include "veil/io/config/run_config.h"
#include "veil/io/model/training_history.h"

namespace veil::io {

/// Every setting that has another value in `now` than in `before`, in the order of config_keys().
[[nodiscard]] std::vector<SettingChange> differences(const RunConfig& before, const RunConfig& now);

}  // namespace veil::io
