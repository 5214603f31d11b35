#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "veil/quality/quality_figure.h"

namespace veil::io {

/// A figure as it stands in the output of `veil quality`, in comparisons and in logs. What is not known is null.
[[nodiscard]] nlohmann::ordered_json to_json(const QualityFigure& figure);

/// The inverse; the title need not be there. Throws DataError, which begins with `origin`, if it is no such object.
[[nodiscard]] QualityFigure quality_figure_from(const nlohmann::json& object, const std::string& origin);

}  // namespace veil::io
