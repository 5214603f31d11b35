#pragma once

#include <cstdint>
#include <vector>

#include "veil/data/dataset.h"

namespace veil {

/// The part of a data set that stands for the whole where only `count` examples are looked at: their indices,
/// ascending. It is a sample, not the beginning, for files are often sorted by class, size or date, and it is the same
/// wherever a part of so many is asked for, whatever the seed of the computation and its batches. All of them in order
/// if count is 0 or at least the data set's size.
///
/// The sample is stratified by class where there are labels: example number r of a class with n examples, numbered in a
/// random order, has the key (r + u) / n with one uniform u for the class, and the part are the `count` examples of
/// least keys (of equal ones that of least index). So for one threshold t a class has ceil(n t - u) of its n examples
/// in the part: within one of its share n t, and t is count / size but for these roundings. Without labels the part is
/// a simple random sample. Smaller parts lie inside larger ones. Random numbers are those of seed 0, kSplitPart.
///
/// Costs labels() and a sort of the indices: 0.3 s for a million. Throws InvalidArgument if count is below 0.
[[nodiscard]] std::vector<int64_t> part_of_split(const Dataset& dataset, int64_t count);

}  // namespace veil
