#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "cli/arguments/arguments.h"
#include "cli/opening/model_choice.h"
#include "veil/data/dataset.h"
#include "veil/evaluate/evaluation_report.h"

namespace veil::cli {

/// What `veil evaluate` says of single examples.
struct ExampleFindings {
  std::string text;               ///< for people, whole lines; empty if nothing was asked for
  nlohmann::ordered_json fields;  ///< for the JSON object (docs/file-formats.md)
};

/// Throws UsageError where --heat-map, --ranked or --label-errors cannot be had of this model, these data or together
/// with the other flags: before anything is computed.
void check_example_flags(const Arguments& arguments, const DenoiserOptions& network, const DatasetInfo& data);

/// Does what --heat-map, --ranked and --label-errors ask for, the picture included, with progress.
[[nodiscard]] ExampleFindings example_findings(const Arguments& arguments, const ModelChoice& choice,
                                               const Dataset& dataset, const EvaluationReport& report);

}  // namespace veil::cli
