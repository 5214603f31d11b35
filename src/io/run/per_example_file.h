#pragma once

#include <cstddef>
#include <string>

#include "veil/data/dataset.h"
#include "veil/evaluate/evaluation_report.h"

namespace veil::io {

/// The first line of per_example_csv(), by which such a file is known.
inline constexpr const char* kPerExampleHeader = "index,name,label,bits_per_dim,mask_standard_error\r\n";

/// The part of the error of example_bits[place] that more passes would remove, from the spread of the replicates (with
/// two of them, one degree of freedom: a rough one); 0 for an exact order.
[[nodiscard]] double example_mask_error(const EvaluationReport& report, size_t place);

/// What `veil evaluate --per-example` writes: a table of CSV (RFC 4180, lines end with CR LF) with a line for each
/// example that was scored, in the order of the data set. index: its place there, from 0; name: Dataset::name(), any
/// bytes, in quotes where there is a comma, a quote or an end of line in it; label: the number of its class, empty
/// where there are none; bits_per_dim; mask_standard_error: the part of that figure's error that more passes would
/// remove, from the spread of the replicates (with two of them, one degree of freedom: a rough one), 0 for an exact
/// order. Numbers are the shortest that read back the same. `report` must be of `dataset`.
[[nodiscard]] std::string per_example_csv(const EvaluationReport& report, const Dataset& dataset);

}  // namespace veil::io
