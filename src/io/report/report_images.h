#pragma once

#include <string>

#include "io/report/page.h"
#include "io/run/run_records.h"

namespace veil::io {

// Parts of the page that are pictures, as HTML; empty where there are none. Each takes what it shows from `budget`;
// what has no room there is named in `records.notes`.

/// The samples of the finished model beside images of the data, and how some of them came to be.
[[nodiscard]] std::string samples_section(RunRecords& records, const RunLayout& layout, PictureBudget& budget);

/// The grids that were drawn in training, the newest first.
[[nodiscard]] std::string training_grids(RunRecords& records, const RunLayout& layout, PictureBudget& budget);

/// Where the bits are: by position as maps, by channel, in the examples of most and of fewest bits.
[[nodiscard]] std::string bits_section(RunRecords& records, PictureBudget& budget);

}  // namespace veil::io
