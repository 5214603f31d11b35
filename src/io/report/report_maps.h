#pragma once

#include <string>

#include "io/report/page.h"
#include "io/run/details_file.h"

namespace veil::io {

/// The mean bits by position as heat maps with their scale, of each channel where there are three, and the bits of each
/// channel; of texts as a curve. Empty where they were not measured or have no room.
[[nodiscard]] std::string mean_maps(const EvaluationDetails& details, PictureBudget& budget);

}  // namespace veil::io
