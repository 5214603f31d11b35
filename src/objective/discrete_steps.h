#pragma once

#include <cstdint>
#include <span>

#include "veil/diffusion/token_schedule.h"

namespace veil {

/// The step of a grid of `count` steps that a level u in [0, 1) draws: step 0, the one from the highest time, for the
/// last of `count` equal parts of [0, 1).
[[nodiscard]] int64_t step_of_level(double level, int64_t count);

/// Weight of the bound in T = times.size() - 1 steps, of which `step` (from times[step] to times[step + 1]) was drawn:
/// T (alpha_s - alpha_t) / (1 - alpha_t). Throws InvalidArgument if values have schedules of their own.
[[nodiscard]] double step_weight(const TokenSchedule& schedule, std::span<const double> times, int64_t step);

}  // namespace veil
