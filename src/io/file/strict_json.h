#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace veil::io {

/// Parses one JSON document from a file that may be damaged or hostile. Throws DataError, beginning with `subject` (the
/// path), on a syntax error, a name used twice in one object or nesting deeper than `max_depth`. The parser alone would
/// keep the last of two equal names without a word.
[[nodiscard]] nlohmann::json parse_json(std::string_view text, const std::string& subject, int max_depth = 64);

}  // namespace veil::io
