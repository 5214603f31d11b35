#pragma once

#include <vector>

#include "veil/io/config/run_config.h"

namespace veil::io {

/// The keys of each section, in the order in which they are printed.
[[nodiscard]] std::vector<ConfigKey> data_keys();
[[nodiscard]] std::vector<ConfigKey> model_keys();
[[nodiscard]] std::vector<ConfigKey> schedule_keys();
[[nodiscard]] std::vector<ConfigKey> objective_keys();
[[nodiscard]] std::vector<ConfigKey> optimizer_keys();
[[nodiscard]] std::vector<ConfigKey> train_keys();
[[nodiscard]] std::vector<ConfigKey> evaluate_keys();
[[nodiscard]] std::vector<ConfigKey> sample_keys();
[[nodiscard]] std::vector<ConfigKey> device_keys();

}  // namespace veil::io
