#pragma once

#include <nlohmann/json.hpp>

#include "veil/train/optimizer.h"

namespace veil::test {

/// Of the description of an optimiser in the manifest. Its element-wise clipping has no counterpart.
inline OptimizerOptions optimizer_options(const nlohmann::json& entry) {
  const bool cosine = entry.at("learning_rate_schedule") == "cosine";
  return {.learning_rate = entry.at("learning_rate"),
          .decay = cosine ? LearningRateDecay::kCosine : LearningRateDecay::kConstant,
          .warmup_steps = entry.at("warmup_steps"),
          .beta1 = 0.9,
          .beta2 = entry.at("b2"),
          .epsilon = 1e-8,
          .weight_decay = entry.at("weight_decay"),
          .ema_decay = entry.at("ema_rate"),
          .ema_warmup = false};
}

}  // namespace veil::test
