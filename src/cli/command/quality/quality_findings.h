#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "cli/command/quality/quality_text.h"

namespace veil::cli {

/// How many samples have an equal among the others.
[[nodiscard]] int64_t count_of_equal(const QualityReport& report);

/// Compared samples that are no copies to the last pixel but as good as that, the nearest first.
[[nodiscard]] std::vector<NearestTraining> near_copies(const QualityReport& report);

/// Draws the samples that are nearest to a training image for what its other neighbours are, up to 32 of them, each
/// with that image below it, in rows of 16. Returns the pairs in the order of the picture.
std::vector<NearestTraining> write_pairs(const std::filesystem::path& file, const QualityReport& report,
                                         const QualitySets& sets);

/// The whole report as one JSON object.
[[nodiscard]] std::string quality_json(const QualityReport& report, const QualitySets& sets,
                                       const QualityOptions& options, const std::vector<NearestTraining>& pairs);

}  // namespace veil::cli
