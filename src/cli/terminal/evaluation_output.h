#pragma once

#include <string>

#include "veil/evaluate/evaluator.h"

namespace veil::cli {

/// One JSON object on one line, without its end: bits_per_dim, standard_error, mask_standard_error, confidence_low,
/// confidence_high, examples, dataset_size, passes, replicates, estimator, control, dataset, split, weights, seed,
/// length, conditional_on_label, schema_version, profile; and for a model that is told the class label_classes,
/// label_bits_per_dim (log2(classes) / length) and label_bits_added, which is false.
[[nodiscard]] std::string evaluation_json(const EvaluationReport& report);

/// The same for people: a few lines, bits per dimension with six decimals; the last says what a model that is told the
/// class leaves out.
[[nodiscard]] std::string evaluation_text(const EvaluationReport& report);

}  // namespace veil::cli
