#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "veil/diffusion/mask_schedule.h"

namespace veil {

// A masking schedule as a table: alpha runs straight from each point to the next.

/// Throws InvalidOption, which names the field kind, if these are no schedule (MaskScheduleOptions::points).
void check_table(std::span<const SchedulePoint> points);

// For t in [0, 1] and alpha in [0, 1], of a table that was checked. The masked fraction is interpolated as such, so
// that nothing cancels near t = 0.
[[nodiscard]] double table_alpha(std::span<const SchedulePoint> points, double t);
[[nodiscard]] double table_masked(std::span<const SchedulePoint> points, double t);
[[nodiscard]] double table_derivative(std::span<const SchedulePoint> points, double t);
[[nodiscard]] double table_inverse(std::span<const SchedulePoint> points, double alpha);

/// "0:1 0.5:0.3 1:0" and back. parse_table throws InvalidArgument for what is no such text; the points are not checked.
[[nodiscard]] std::vector<SchedulePoint> parse_table(std::string_view text);
[[nodiscard]] std::string table_text(std::span<const SchedulePoint> points);

}  // namespace veil
