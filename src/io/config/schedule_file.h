#pragma once

#include <string>

#include "veil/diffusion/mask_schedule.h"

namespace veil::io {

/// A masking schedule and what it is called in tables and names of files.
struct NamedSchedule {
  std::string name;
  MaskScheduleOptions options;
};

/// A schedule as people write it: a text of parse_schedule(), of which the name is schedule_name(); or a file NAME.csv
/// with a time and an alpha a line, of which the name is NAME. In a file blank lines, what follows a #, and one line of
/// headings are left out; a comma or blanks are between the numbers. Throws InvalidArgument for other texts; DataError,
/// which names file and line, for a file that is missing or holds no schedule (check_options).
[[nodiscard]] NamedSchedule read_schedule(const std::string& text);

}  // namespace veil::io
