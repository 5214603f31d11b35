#pragma once

#include <string>
#include <string_view>

#include "veil/data/dataset_info.h"

namespace veil::io {

/// The form in which model files and evaluation.json hold a DatasetInfo: a JSON object.
[[nodiscard]] std::string dataset_to_json(const DatasetInfo& dataset);

/// The inverse. Throws DataError (beginning with `origin`) on anything missing, unknown or out of range.
[[nodiscard]] DatasetInfo dataset_from_json(std::string_view json, const std::string& origin);

}  // namespace veil::io
