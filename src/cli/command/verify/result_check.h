#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "veil/data/dataset.h"
#include "veil/evaluate/evaluation_report.h"
#include "veil/nn/denoiser.h"

namespace veil::cli {

/// A value of an evaluation that is not what it must be.
struct ChangedValue {
  std::string field;  ///< "bits_per_dim", "example_bits[17]": places count from 0
  std::string found;
  std::string wanted;
  std::string why;  ///< what it was held to: "the mean of example_bits"
};

/// What a report contradicts itself in, without model or data: its figures are held to the bits of its examples, these
/// to those of their replicates, and what it says of the noise to its settings. Of a report with example_bits.
[[nodiscard]] std::vector<ChangedValue> contradictions(const EvaluationReport& report);

/// Whether one of these is of what decides which passes are made over what, so that nothing can be made again.
[[nodiscard]] bool is_of_question(const std::vector<ChangedValue>& changes);

/// What a report says otherwise than the data and the network do: names, sizes, classes and which examples.
[[nodiscard]] std::vector<ChangedValue> differences_to_data(const EvaluationReport& report, const Dataset& dataset,
                                                            const DenoiserOptions& network);

/// What differs in `report`, beyond `tolerance` bits per dimension, from `again`: the same examples made again, or some
/// of them. `largest` becomes the largest difference between bits of an example.
[[nodiscard]] std::vector<ChangedValue> differences_to_recomputed(const EvaluationReport& report,
                                                                  const EvaluationReport& again, double tolerance,
                                                                  double& largest);

/// Whether it is an exact likelihood; its estimator is kExactOrder, the name of the order, a comma and the groups.
inline constexpr std::string_view kExactOrder = "exact-order ";
[[nodiscard]] bool is_exact_order(const EvaluationReport& report);

/// Place of every example in the data set, also where the report of a whole split does not list them.
[[nodiscard]] std::vector<int64_t> indices_of(const EvaluationReport& report);

}  // namespace veil::cli
