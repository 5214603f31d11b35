#pragma once

#include <string>

#include "io/dataset/inspect_images.h"

namespace veil::cli {

/// What veil data inspect prints: for people, and as one JSON object.
[[nodiscard]] std::string inspection_text(const io::Inspection& inspection);
[[nodiscard]] std::string inspection_json(const io::Inspection& inspection);

}  // namespace veil::cli
