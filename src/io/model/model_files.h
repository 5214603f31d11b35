#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/words.h"

namespace veil::io {

/// Files of a checkpoint's folder (docs/file-formats.md). A run folder has its model under the first name too.
inline constexpr const char* kModelName = "model.safetensors";
inline constexpr const char* kAverageName = "ema.safetensors";
inline constexpr const char* kOptimizerName = "optimizer.safetensors";
inline constexpr const char* kStateName = "state.json";
inline constexpr std::array kTensorFiles{kModelName, kAverageName, kOptimizerName};

/// "step-00001234": what belongs to a step of training; names sort as the steps do.
inline constexpr std::string_view kStepPrefix = "step-";
[[nodiscard]] inline std::string step_name(int64_t step) { return std::string(kStepPrefix) + zero_padded(step, 8); }

}  // namespace veil::io
