#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "veil/evaluate/evaluation_report.h"

namespace veil::io {

/// Bits per dimension that telling the class would cost, all classes being equally likely: log2(classes) / length. Of a
/// report with classes.
[[nodiscard]] double label_bits_per_dim(const EvaluationReport& report);

struct EvaluationJsonOptions {
  bool example_bits = false;  ///< the bits of every example too, of a part of a split with their indices, and of each
                              ///< replicate up to 400,000 of these: about 20 bytes a number
};

/// The report as one JSON object on one line, without its end: what `veil evaluate --json` prints and evaluation.json
/// holds (docs/file-formats.md). A number that is not finite is null; example_mask_variances are not in it.
[[nodiscard]] std::string evaluation_to_json(const EvaluationReport& report, const EvaluationJsonOptions& options = {});

/// The inverse. A field that is absent or null is not known: NaN, 0, an empty text or list; but without `control` there
/// was none, which is 0. Throws DataError that begins with `origin` on anything else than such an object, one of
/// another schema_version, one without bits_per_dim, a field of another kind, a bin of the profile that is not whole,
/// or bits or indices of another number of examples than scored.
[[nodiscard]] EvaluationReport evaluation_from_json(std::string_view json, const std::string& origin);

/// The same as a file holds it, for others to recompute and compare: with the bits of every example up to 100,000
/// examples. What `veil evaluate --out` writes.
[[nodiscard]] std::string evaluation_file_json(const EvaluationReport& report);

/// Writes a run's own evaluation (RunLayout::evaluation), as evaluation_file_json(). Throws IoError.
void write_evaluation(const std::filesystem::path& file, const EvaluationReport& report);

/// Throws DataError if the file is missing, larger than 64 MiB, or what evaluation_from_json refuses.
[[nodiscard]] EvaluationReport read_evaluation(const std::filesystem::path& file);

}  // namespace veil::io
