#pragma once

#include <vector>

#include "objective/value_schedule.h"

namespace veil {

/// An estimate under learned powers once its times and its two masks are drawn.
struct TwoMasks {
  std::vector<double> times;  ///< [B], in [first_time, 1]
  MaskedTokens first;
  MaskedTokens second;  ///< independent or antithetic, as options.power_gradient wants
};

/// What value_schedule_loss gives for them.
[[nodiscard]] LossTerms value_terms(Denoiser& denoiser, const TokenBatch& batch, const TwoMasks& draw,
                                    const ObjectiveOptions& options, torch::Device device);

/// first_time + (1 - first_time) * level, of each level in [0, 1).
[[nodiscard]] std::vector<double> stretched(std::vector<double> levels, double first_time);

}  // namespace veil
